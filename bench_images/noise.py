"""Stateless noise: every value is an integer hash of (seed, stream, coordinates).

Nothing here has a state, so any window of a field can be made on its own and equals the same window
cut from a larger one. The hashes are exact integer arithmetic. What follows them, here and in the
whole package, is single NumPy operations (``+ - * /``, ``sqrt``, ``rint``, comparisons), each of
which IEEE 754 defines to the last bit. Functions whose last bit differs between mathematical
libraries (``sin``, ``exp``, ``pow``) are avoided or rounded to 12 bits first, and float sums whose
order NumPy is free to choose are avoided; so the bytes should be the same on every platform.
"""

import numpy as np

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_A = 0xBF58476D1CE4E5B9
_MIX_B = 0x94D049BB133111EB


def mix(*parts: int) -> int:
    """Hash integers of any size into 64 bits: the finaliser of SplitMix64, once per part."""
    state = 0
    for part in parts:
        state = (state + (part & _MASK) + _GOLDEN) & _MASK
        state = ((state ^ (state >> 30)) * _MIX_A) & _MASK
        state = ((state ^ (state >> 27)) * _MIX_B) & _MASK
        state ^= state >> 31
    return state


def keys(seed: int, stream: int, coordinates: np.ndarray) -> np.ndarray:
    """Hash int64 coordinates of one axis into uint32 keys (SplitMix64, upper half)."""
    state = coordinates.astype(np.int64).view(np.uint64) * np.uint64(_GOLDEN)
    state += np.uint64(mix(seed, stream))
    state = (state ^ (state >> np.uint64(30))) * np.uint64(_MIX_A)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(_MIX_B)
    return ((state ^ (state >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)


def grid(seed: int, stream: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Hash every pair (row, column) into uint32, shape (rows, columns).

    The two axes are hashed once each; a pixel then costs one addition and the eight operations of
    the finaliser `lowbias32` (C. Wellons, hash-prospector).
    """
    mixed = np.add.outer(keys(seed, stream, rows), keys(seed, ~stream, columns))
    shifted = mixed >> np.uint32(16)
    mixed ^= shifted
    mixed *= np.uint32(0x7FEB352D)
    np.right_shift(mixed, np.uint32(15), out=shifted)
    mixed ^= shifted
    mixed *= np.uint32(0x846CA68B)
    np.right_shift(mixed, np.uint32(16), out=shifted)
    mixed ^= shifted
    return mixed


def uniform(hashed: np.ndarray) -> np.ndarray:
    """Uint32 hashes as float32 in [-1, 1), exactly (the upper 24 bits)."""
    return (hashed >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1.0)


def bell(hashed: np.ndarray) -> np.ndarray:
    """Uint32 hashes as float32 of mean 0 and standard deviation 1, close to normal, within 3.46.

    The four bytes of the hash are added: an Irwin-Hall distribution of standard deviation 147.8.
    """
    pairs = hashed & np.uint32(0x00FF00FF)
    pairs += (hashed >> np.uint32(8)) & np.uint32(0x00FF00FF)
    total = (pairs >> np.uint32(16)) + (pairs & np.uint32(0xFFFF))
    normal = total.astype(np.float32)
    normal -= np.float32(510.0)
    normal *= np.float32(1.0 / 147.8)
    return normal


def _steps(start: int, count: int, spacing: int) -> tuple[int, np.ndarray, np.ndarray]:
    """First lattice line; of each coordinate its line, relative to that, and weight in [0, 1)."""
    position = np.arange(start, start + count, dtype=np.int64)
    first = start // spacing
    line = position // spacing
    t = (position - line * spacing).astype(np.float32) / np.float32(spacing)
    return first, line - first, t * t * (np.float32(3.0) - np.float32(2.0) * t)


def smooth(
    seed: int, stream: int, y0: int, x0: int, height: int, width: int, spacing: int
) -> np.ndarray:
    """Smooth noise in [-1, 1): random values on a square lattice, joined by cubic steps.

    Parameters
    ----------
    seed, stream : int
        Which field.
    y0, x0, height, width : int
        The window, in pixels; any int64 coordinates, negative ones too.
    spacing : int
        Pixels between lattice points, at least 1.

    Returns
    -------
    numpy.ndarray
        (height, width) float32.
    """
    top, row, row_weight = _steps(y0, height, spacing)
    left, column, column_weight = _steps(x0, width, spacing)
    lattice = uniform(
        grid(
            seed,
            stream,
            np.arange(top, top + int(row[-1]) + 2, dtype=np.int64),
            np.arange(left, left + int(column[-1]) + 2, dtype=np.int64),
        )
    )
    along = lattice[:, column] + column_weight * (lattice[:, column + 1] - lattice[:, column])
    step = np.diff(along, axis=0)
    field = step[row]
    field *= row_weight[:, None]
    field += along[row]
    return field


def along_yarns(
    seed: int, stream: int, yarns: np.ndarray, start: int, count: int, spacing: int
) -> np.ndarray:
    """Smooth noise in [-1, 1) along each of several yarns, independent from yarn to yarn.

    Parameters
    ----------
    seed, stream : int
        Which field.
    yarns : numpy.ndarray
        (n,) int64 yarn numbers.
    start, count : int
        Pixels along the yarn.
    spacing : int
        Pixels between lattice points.

    Returns
    -------
    numpy.ndarray
        (count, n) float32.
    """
    first, line, weight = _steps(start, count, spacing)
    lattice = uniform(
        grid(seed, stream, np.arange(first, first + int(line[-1]) + 2, dtype=np.int64), yarns)
    )
    return lattice[line] + weight[:, None] * (lattice[line + 1] - lattice[line])
