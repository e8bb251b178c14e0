"""What a defect shows: the cloth of a window as it would be if the defect covered all of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench_images import noise, weave
from bench_images.defects import Defect
from bench_images.fabric import Fabric

#: Luminance of blue, green, red after ITU-R BT.601, as OpenCV's grey.
LUMA = (0.114, 0.587, 0.299)

#: Half the side in pixels of the box that averages the texture away.
_AVERAGED = 9

_BACKDROP = 400

Planes = list[np.ndarray]
Window = tuple[int, int, int, int]


def shown(defect: Defect, fabric: Fabric, good: Planes, y0: int, x0: int) -> Planes:
    """The planes of a window under the defect.

    Parameters
    ----------
    defect : Defect
        The defect.
    fabric : Fabric
        The cloth.
    good : list of numpy.ndarray
        Blue, green, red of the cloth in the window, (height, width) float32, not changed.
    y0, x0 : int
        Upper left corner of the window, in pixels.

    Returns
    -------
    list of numpy.ndarray
        As `good`.
    """
    return _SHOWN[defect.kind](defect, fabric, good, (y0, x0, *good[0].shape))


def _hole(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    """A dark table with the shadow of the upper left edge on it."""
    y0, x0, height, width = window
    down = np.arange(y0 - defect.y, y0 - defect.y + height, dtype=np.float32)[:, None]
    right = np.arange(x0 - defect.x, x0 - defect.x + width, dtype=np.float32)[None, :]
    level = (down + right) * np.float32(5.0 / max(defect.length, 1.0)) + np.float32(16.0)
    level = np.clip(level, np.float32(8.0), np.float32(26.0))
    level += noise.smooth(defect.seed, _BACKDROP, *window, 7) * np.float32(2.0)
    level *= np.float32(fabric.gain)
    return [level * np.float32(tint) for tint in (1.05, 1.0, 0.95)]


def _yarn(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    planes = fabric.texture(*window, thread=defect.thread(fabric))
    # A swelling is loose fibre and catches the light; less twist, more of it.
    return [plane * np.float32(1.12) for plane in planes] if defect.kind == "slub" else planes


def _stain(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    """Oil darkens and takes the blue most."""
    return [plane * np.float32(f) for plane, f in zip(good, (0.32, 0.40, 0.44), strict=True)]


def _misweave(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    return fabric.texture(*window, weave_name=weave.MISWOVEN[fabric.weave])


def _misprint(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    return replace(fabric, printed=defect.misprint(fabric)).texture(*window)


def _colour_spot(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    """Red added and green taken (or the other way round), so much that the luminance stays.

    The change is bounded by the colours of cloth and inks, so that no channel meets 0 or 255.
    """
    ratio = LUMA[2] / LUMA[1]
    more = less = 45.0
    for colour in (fabric.colour, *(fabric.printed.inks if fabric.printed else ())):
        _, green, red = (float(level) * fabric.gain for level in colour)
        more = min(more, 0.5 * (250.0 - red), 0.5 * green / ratio)
        less = min(less, 0.5 * red, 0.5 * (250.0 - green) / ratio)
    change = more if more >= 0.7 * less else -less
    shift = (0.0, -change * ratio, change)
    return [plane + np.float32(add) for plane, add in zip(good, shift, strict=True)]


def _smoothed(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    """Box mean, in integers of 1/64 grey level: integer sums do not depend on their order."""
    y0, x0, height, width = window
    r, side = _AVERAGED, 2 * _AVERAGED + 1
    planes = fabric.texture(y0 - r, x0 - r, height + 2 * r, width + 2 * r)
    result = []
    for plane in planes:
        total = np.zeros((height + 2 * r + 1, width + 2 * r + 1), np.int64)
        total[1:, 1:] = np.rint(plane * np.float32(64.0)).astype(np.int64).cumsum(0).cumsum(1)
        box = total[side:, side:] - total[:-side, side:] - total[side:, :-side]
        box += total[:-side, :-side]
        result.append(box.astype(np.float32) * np.float32(1.0 / (64.0 * side * side)))
    return result


def _hair(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    level = np.float32(215.0 * fabric.gain if defect.lighter else 0.0)
    return [np.full_like(plane, level) for plane in good]


def _blob(defect: Defect, fabric: Fabric, good: Planes, window: Window) -> Planes:
    return [plane * np.float32(2.0 if defect.lighter else 0.0) for plane in good]


_SHOWN: dict[str, Callable[[Defect, Fabric, Planes, Window], Planes]] = {
    "hole": _hole,
    "broken yarn": _yarn,
    "slub": _yarn,
    "stain": _stain,
    "misweave": _misweave,
    "colour spot": _colour_spot,
    "smoothed": _smoothed,
    "hair": _hair,
    "blob": _blob,
    "misprint": _misprint,
}
