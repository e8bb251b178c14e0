"""The types that several rooms share."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

BoolImage: TypeAlias = NDArray[np.bool_]
FloatImage: TypeAlias = NDArray[np.float32]
ByteImage: TypeAlias = NDArray[np.uint8]
Shape: TypeAlias = tuple[int, int]
"""Height and width in pixels."""
Ksize: TypeAlias = tuple[int, int]
"""Width and height of a window in pixels, as in OpenCV."""
