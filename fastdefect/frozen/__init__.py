"""Kernels as machine code that was made before: found, chosen for the processor, called. Made by `fastdefect.freezer`."""

from fastdefect.frozen.levels import LEVELS as LEVELS
from fastdefect.frozen.levels import Level as Level
from fastdefect.frozen.library import PLACE as PLACE
from fastdefect.frozen.library import VARIABLE as VARIABLE
from fastdefect.frozen.library import Frozen as Frozen
from fastdefect.frozen.library import installed as installed
from fastdefect.frozen.likeness import likeness as likeness
