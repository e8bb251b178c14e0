"""The images of the manifest, by name, and large ones for benchmarks."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from bench_images.defects import ANYWHERE, Defect
from bench_images.fabric import Fabric
from bench_images.prints import Print
from bench_images.rolls import Draw, flaw, roll
from bench_images.scene import Scene

#: Sizes that benchmarks use, 256² to 16 megapixels: name to height and width.
SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {f"{side}x{side}": (side, side) for side in (256, 512, 1024, 2048, 4096)}
)

_GREY_CALICO = Fabric(
    weave="plain",
    seed=101,
    colour=(124, 125, 125),
    pitch=(3.9, 3.6),
    relief=0.16,
    tone=0.03,
    band=0.05,
    fuzz=0.08,
    light=0.14,
    light_span=420,
    sensor=3.2,
)
_NAVY_TWILL = Fabric(
    weave="twill",
    seed=102,
    colour=(84, 62, 48),
    pitch=(6.4, 5.6),
    relief=0.62,
    tone=0.07,
    jitter=0.16,
    lean=(0.012, -0.01),
    sensor=1.6,
)
_DENIM = Fabric(
    weave="denim",
    seed=104,
    colour=(112, 76, 50),
    weft_colour=(176, 178, 174),
    pitch=(6.6, 5.8),
    relief=0.55,
    jitter=0.2,
    tone=0.11,
    fuzz=0.3,
    lean=(-0.01, 0.02),
)
_ECRU_SATIN = Fabric(
    weave="satin",
    seed=105,
    colour=(158, 178, 190),
    pitch=(6.0, 5.2),
    relief=0.42,
    tone=0.05,
    light=0.1,
    lean=(0.0, 0.03),
)
_CHECKED_SHIRT = Fabric(
    weave="plain",
    seed=108,
    colour=(182, 184, 184),
    stripe_colour=(146, 92, 66),
    stripes=(13, 7, True),
    pitch=(4.6, 4.4),
    relief=0.4,
    lean=(0.015, 0.006),
)
_CANVAS = Fabric(
    weave="plain",
    seed=103,
    colour=(138, 102, 74),
    pitch=(8.2, 7.4),
    relief=0.6,
    jitter=0.17,
    wander=1.1,
    tone=0.09,
    fuzz=0.24,
)
_KHAKI_TWILL = Fabric(
    weave="reversed twill",
    seed=107,
    colour=(92, 128, 146),
    weft_colour=(122, 156, 168),
    pitch=(5.8, 5.4),
    relief=0.5,
    jitter=0.15,
    fuzz=0.2,
)
_DARK_TWILL = Fabric(
    weave="twill",
    seed=109,
    colour=(50, 58, 55),
    pitch=(7.4, 5.6),
    relief=0.7,
    tone=0.1,
    fuzz=0.25,
    sensor=1.4,
)
_WINE_BASKET = Fabric(
    weave="basket",
    seed=110,
    colour=(64, 48, 118),
    weft_colour=(78, 60, 134),
    pitch=(5.6, 5.6),
    relief=0.55,
    fuzz=0.22,
)

_BUNTING = replace(roll(6, "stripes"), stripes=(5, 6, False))
_HOUNDSTOOTH = roll(3, "checks")
_ROSE_DOTS = Fabric(
    weave="plain",
    seed=111,
    colour=(170, 164, 204),
    pitch=(4.4, 4.1),
    relief=0.35,
    printed=Print("dots", (46, 58), ((58, 40, 104), (54, 92, 94)), apart=(1, 2), warp=2.4),
)

#: Every image of the manifest.
SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        "good_calico": Scene((256, 256), _GREY_CALICO),
        "good_twill": Scene((256, 320), _NAVY_TWILL),
        "hole_canvas": Scene((256, 320), _CANVAS, (Defect("hole", 118, 190, 52, 38, 25, seed=1),)),
        "broken_yarn_denim": Scene(
            (384, 256), _DENIM, (Defect("broken yarn", 190, 122, 170, angle=90),)
        ),
        "slub_satin": Scene((256, 256), _ECRU_SATIN, (Defect("slub", 150, 120, 110),)),
        "stain_calico": Scene(
            (512, 512),
            _GREY_CALICO,
            (
                Defect("stain", 200, 210, 120, 76, 35, contrast=0.8, seed=2),
                Defect("stain", 318, 330, 34, 22, 80, contrast=0.45, seed=3),
            ),
        ),
        "misweave_twill": Scene(
            (320, 256), _KHAKI_TWILL, (Defect("misweave", 170, 130, 96, 70, seed=4),)
        ),
        "colour_spot_check": Scene(
            (301, 257), _CHECKED_SHIRT, (Defect("colour spot", 120, 150, 44, 34, 20, 0.8, seed=5),)
        ),
        "smoothed_satin": Scene(
            (256, 256), _ECRU_SATIN, (Defect("smoothed", 116, 140, 70, 54, 30, 0.9, seed=6),)
        ),
        "hair_twill": Scene(
            (256, 256),
            _DARK_TWILL,
            (Defect("hair", 124, 132, 150, 1.8, 62, 0.8, seed=7, lighter=True),),
        ),
        "good_leaves": Scene((192, 192), roll(18, "print")),
        "misprint_flowers": Scene(
            (192, 192), roll(13, "print"), (Defect("misprint", 92, 88, 70, 56, 25, seed=11),)
        ),
        "stain_lattice": Scene(
            (192, 192), roll(17, "print"), (Defect("stain", 88, 110, 56, 40, 40, 0.7, seed=9),)
        ),
        "colour_spot_dots": Scene(
            (192, 192), _ROSE_DOTS, (Defect("colour spot", 100, 84, 38, 28, 70, 0.9, seed=10),)
        ),
        "hair_stripes": Scene(
            (192, 192), _BUNTING, (Defect("hair", 96, 104, 110, 1.8, 40, 0.8, seed=12),)
        ),
        "hole_checks": Scene(
            (192, 192), _HOUNDSTOOTH, (Defect("hole", 90, 100, 40, 28, 15, seed=13),)
        ),
        "blob_basket": Scene(
            (256, 256), _WINE_BASKET, (Defect("blob", 90, 160, 22, 22, contrast=0.7),)
        ),
    }
)


def scene(name: str) -> Scene:
    """The scene behind an image of the manifest.

    Raises
    ------
    KeyError
        For a name that is not in the manifest.
    """
    if name not in SCENES:
        raise KeyError(f"name: expected one of {', '.join(SCENES)}; received {name!r}")
    return SCENES[name]


def render(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Make an image of the manifest.

    Returns
    -------
    image : numpy.ndarray
        (height, width, 3) uint8, BGR.
    mask : numpy.ndarray
        (height, width) uint8, 255 on a defect and 0 elsewhere.

    Raises
    ------
    KeyError
        For a name that is not in the manifest.
    """
    wanted = scene(name)
    return wanted.image(), wanted.mask()


def vast(shape: tuple[int, int], seed: int = 0, defects: int | None = None) -> Scene:
    """A roll of any size with random defects on it; nothing is made yet.

    Parameters
    ----------
    shape : tuple of int
        Height and width in pixels.
    seed : int
        The roll and its defects.
    defects : int, optional
        How many; one for each megapixel if not given, at least 2 and at most 64.
    """
    count = max(2, min(64, shape[0] * shape[1] >> 20)) if defects is None else defects
    draw = Draw(seed, 3)
    cell = (min(shape[0], 512), min(shape[1], 512))
    placed = []
    for k in range(count):
        usual = flaw(
            ANYWHERE[k % len(ANYWHERE)], draw.whole(0, 2**31), cell, draw.between(0.5, 1.0)
        )
        y, x = draw.whole(0, shape[0] - cell[0]), draw.whole(0, shape[1] - cell[1])
        placed.append(
            Defect(
                usual.kind,
                usual.y + y,
                usual.x + x,
                usual.length,
                usual.width,
                usual.angle,
                usual.contrast,
                usual.seed,
                usual.lighter,
            )
        )
    return Scene(shape, roll(seed), tuple(placed))


def large(size: str | tuple[int, int], seed: int = 0) -> np.ndarray:
    """An image for benchmarks, in memory.

    Parameters
    ----------
    size : str or tuple of int
        One of `SIZES`, or height and width in pixels.
    seed : int
        The roll and its defects.

    Returns
    -------
    numpy.ndarray
        (height, width, 3) uint8, BGR. About 0.1 s per megapixel.

    Raises
    ------
    KeyError
        For an unknown name of a size.
    """
    if isinstance(size, str) and size not in SIZES:
        raise KeyError(f"size: expected one of {', '.join(SIZES)}; received {size!r}")
    return vast(SIZES[size] if isinstance(size, str) else size, seed).image()
