"""What pip and other installers call: setuptools, and machine code of the kernels for the processor that installs.

A wheel that is built here is setuptools' own, to which the library is added afterwards. Where that cannot be made it stays
the pure one, and says why (`fastdefect --version`). `FASTDEFECT_FROZEN` means here what it means later: ``off`` or the path
of a library, and then nothing is frozen. An editable installation is setuptools' alone: its kernels change, and `fastdefect
freeze` makes a library when one is wanted.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from dressing import dress, remark
from freezing import NotFrozenError, freeze_for_host, requirements
from setuptools import build_meta

build_sdist = build_meta.build_sdist
build_editable = build_meta.build_editable
get_requires_for_build_sdist = build_meta.get_requires_for_build_sdist
get_requires_for_build_editable = build_meta.get_requires_for_build_editable
# There is no prepare_metadata_for_build_wheel: the version has the level in it, which is known when the wheel is. Installers
# then build the wheel and take the metadata from it.


def get_requires_for_build_wheel(config_settings: Any = None) -> list[str]:
    """What setuptools needs, and what freezing needs where it is possible."""
    return [*build_meta.get_requires_for_build_wheel(config_settings), *requirements()]


def build_wheel(
    wheel_directory: str, config_settings: Any = None, metadata_directory: str | None = None
) -> str:
    """Build the wheel for this machine, or the pure one."""
    if os.environ.get("FASTDEFECT_FROZEN"):
        return build_meta.build_wheel(wheel_directory, config_settings)
    out = Path(wheel_directory)
    with tempfile.TemporaryDirectory() as folder:
        pure = Path(folder) / build_meta.build_wheel(folder, config_settings)
        try:
            made = freeze_for_host(Path(folder))
        except NotFrozenError as reason:
            said = f"the installation froze none: {reason}"
            wheel = remark(pure, out, said)
        else:
            said = f"the installation froze them for {made.level}"
            wheel = dress(pure, out, made.library, made.platform, made.local)
    print(f"fastdefect kernels: {said}", flush=True)
    return wheel.name
