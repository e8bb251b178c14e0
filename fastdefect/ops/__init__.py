"""The public single-stage functions: check the arguments once, pick a back end, call it.

All take ``out`` (an array for the result, which must not overlap the input), ``threads`` (1 ... 256; by default what the
process may use) and ``backend`` ("auto", "numba", "frozen", "opencv", "reference"; by default ``FASTDEFECT_BACKEND`` or
"auto").
The result never depends on ``threads`` or ``backend``. Images may be strided, read-only or in Fortran order: what is not
C-contiguous is copied once. Bad arguments raise `ArgumentTypeError` or `ArgumentValueError`.
"""

from __future__ import annotations

# each family names its public functions in __all__, so that a new one is public at once
from fastdefect.ops.box_blur import *  # noqa: F403
from fastdefect.ops.hsv import *  # noqa: F403
from fastdefect.ops.morphology import *  # noqa: F403
from fastdefect.ops.nl_means import *  # noqa: F403
from fastdefect.ops.otsu import *  # noqa: F403
