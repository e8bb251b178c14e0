"""Freeze the kernels for this processor: ``python freeze_host.py FOLDER``. The last line has the level and the library."""

import sys
from pathlib import Path

from fastdefect.freezer.freeze import freeze, host_level
from fastdefect.frozen import Frozen

level = host_level()
(library,) = freeze([level], Path(sys.argv[1]), print)
if level not in Frozen(library).levels:  # asked by the library's own look at the processor
    sys.exit(f"this processor does not run {level.name}")
print(level.name, library, sep="\t")
