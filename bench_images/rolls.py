"""Random rolls of plausible good cloth, and random defects on them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench_images import noise
from bench_images.defects import Defect
from bench_images.fabric import Fabric
from bench_images.motifs import MOTIFS
from bench_images.prints import Colour, Print
from bench_images.scene import Scene

_T = TypeVar("_T")

# Blue, green, red of the dyes; none so light or so dark that the shading of the yarns is cut off.
_DYES: dict[str, Colour] = {
    "ecru": (160, 182, 194),
    "bleached": (194, 194, 190),
    "grey": (128, 130, 131),
    "charcoal": (66, 62, 60),
    "black": (40, 37, 36),
    "navy": (82, 56, 42),
    "indigo": (122, 84, 54),
    "sky": (186, 158, 122),
    "teal": (108, 104, 46),
    "bottle green": (62, 82, 44),
    "olive": (54, 92, 94),
    "khaki": (104, 142, 158),
    "tan": (94, 132, 168),
    "brown": (48, 66, 92),
    "rust": (46, 76, 148),
    "wine": (58, 40, 104),
    "rose": (152, 148, 190),
    "mustard": (58, 142, 182),
}
_PALE = ("ecru", "bleached", "grey")
_GROUNDS = ("ecru", "bleached", "grey", "sky", "rose", "khaki", "mustard")
# A second dye is one of so many that differ most from the first.
_FURTHEST = 7
_WEAVES = ("plain", "plain", "twill", "twill", "reversed twill", "denim", "satin", "basket")


class Draw:
    """Numbers hashed from a seed, one stream each, the same on every platform."""

    def __init__(self, seed: int, family: int) -> None:
        self._seed, self._family, self._count = seed, family, 0

    def between(self, low: float, high: float) -> float:
        """A number of [low, high)."""
        self._count += 1
        share = (noise.mix(self._seed, self._family, self._count) >> 11) * 2.0**-53
        return low + (high - low) * share

    def whole(self, low: int, high: int) -> int:
        """A whole number of low … high, both included."""
        return min(high, int(self.between(low, high + 1)))

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of the choices."""
        return choices[self.whole(0, len(choices) - 1)]


#: Patterns that a roll can be asked for.
PATTERNS = ("stripes", "checks", "print")


def roll(seed: int, patterned: str | None = None) -> Fabric:
    """A random good material: weave, dye, pitch, light and unevenness, all from the seed.

    Parameters
    ----------
    seed : int
        Any integer. Windows of one roll are crops of one material; other seeds are other rolls.
    patterned : str, optional
        One of `PATTERNS`: stripes or checks of another dye, narrow enough that an image of 256 pixels holds several; or
        a print of two inks on pale cloth. If not given, the seed says.

    Returns
    -------
    Fabric
        Endless. If no pattern is asked for, about one in four has a weft of another colour, one in eight stripes or checks.

    Raises
    ------
    ValueError
        For another pattern.

    Examples
    --------
    >>> roll(3).window(0, 0, 128, 128).shape
    (128, 128, 3)
    >>> roll(3, patterned="print").pattern
    'print of flowers'
    """
    if patterned is None:
        return _woven(seed)
    if patterned not in PATTERNS:
        raise ValueError(
            f"patterned: expected one of {', '.join(PATTERNS)}; received {patterned!r}"
        )
    draw, cloth = Draw(seed, 4), _woven(seed)
    if patterned == "print":
        return _printed(cloth, draw)
    weave = draw.one_of(("plain", "twill", "reversed twill"))
    stripes = draw.whole(5, 14), draw.whole(3, 9), patterned == "checks"
    stripe = _dye_apart((cloth.colour,), draw)
    return replace(cloth, weave=weave, weft_colour=None, stripe_colour=stripe, stripes=stripes)


def _woven(seed: int) -> Fabric:
    """A roll as the seed says."""
    draw = Draw(seed, 1)
    dye = draw.one_of(tuple(_DYES))
    weave = draw.one_of(_WEAVES)
    shift = draw.between(0.85, 1.12)
    colour = _varied(_DYES[dye], draw, shift)
    weft, stripe = None, None
    if weave == "denim" or draw.between(0, 1) < 0.18:
        weft = _varied(_DYES[draw.one_of(_PALE)], draw, shift)
    if weave in ("plain", "twill") and draw.between(0, 1) < 0.2:
        stripe = _varied(_DYES[draw.one_of(tuple(_DYES))], draw, shift)
    pitch = draw.between(4.0, 9.5)
    return Fabric(
        weave=weave,
        seed=seed,
        colour=colour,
        weft_colour=weft,
        stripe_colour=stripe,
        stripes=(draw.whole(10, 40), draw.whole(2, 12), draw.between(0, 1) < 0.5),
        pitch=(pitch * draw.between(0.85, 1.25), pitch),
        thickness=draw.between(0.88, 1.05),
        relief=draw.between(0.35, 0.8),
        jitter=draw.between(0.08, 0.2),
        wander=draw.between(0.3, 1.2),
        lean=(draw.between(-0.04, 0.04), draw.between(-0.04, 0.04)),
        tone=draw.between(0.03, 0.1),
        band=draw.between(0.01, 0.05),
        fuzz=draw.between(0.1, 0.3),
        light=draw.between(0.02, 0.1),
        light_span=draw.whole(400, 1200),
        sensor=draw.between(1.2, 3.0),
    )


def _printed(cloth: Fabric, draw: Draw) -> Fabric:
    """A pale cloth of the same yarns with a print of two inks."""
    ground = _varied(_DYES[draw.one_of(_GROUNDS)], draw, draw.between(0.9, 1.1))
    ink = _dye_apart((ground,), draw)
    height, pitch = draw.whole(44, 96), draw.between(3.4, 5.4)
    printed = Print(
        motif=draw.one_of(MOTIFS),
        repeat=(height, int(height * draw.between(0.75, 1.35))),
        inks=(ink, _dye_apart((ground, ink), draw)),
        origin=(draw.whole(0, 400), draw.whole(0, 400)),
        apart=(draw.whole(-2, 2), draw.whole(-2, 2)),
        lean=(draw.between(-0.02, 0.02), draw.between(-0.02, 0.02)),
        warp=draw.between(1.0, 3.0),
        warp_span=draw.whole(180, 400),
        uneven=draw.between(0.15, 0.4),
    )
    return replace(
        cloth,
        weave=draw.one_of(("plain", "plain", "twill", "satin")),
        colour=ground,
        weft_colour=None,
        stripe_colour=None,
        pitch=(pitch * draw.between(0.9, 1.2), pitch),
        relief=0.7 * cloth.relief,
        printed=printed,
    )


def flaw(
    kind: str, seed: int, shape: tuple[int, int], contrast: float = 1.0, size: float = 1.0
) -> Defect:
    """A random defect of a kind, its centre in the middle three fifths of an image.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    seed : int
        Place, size, angle and outline. Defects that differ in contrast only are the same defect.
    shape : tuple of int
        Height and width of the image, in pixels.
    contrast : float
        0 to 1.
    size : float
        Times the usual size: spots of 20 to 48 pixels, patches of other texture of 56 to 90,
        lines of 50 to 130; all shrunk in proportion on images below 256 pixels.
    """
    draw = Draw(seed, 2)
    scale = size * min(1.0, min(shape) / 256.0)
    y = int(shape[0] * draw.between(0.2, 0.8))
    x = int(shape[1] * draw.between(0.2, 0.8))
    angle = draw.between(0.0, 180.0)
    if kind == "hair":
        length, width = draw.between(50, 130), draw.between(1.2, 2.4) / max(scale, 0.1)
    elif kind in ("broken yarn", "slub"):
        length, width, angle = draw.between(50, 130), 0.0, draw.one_of((0.0, 90.0))
    elif kind in ("smoothed", "misweave", "misprint"):
        # Smaller than about six yarns, or a repeat of a print, none is a change of texture.
        length = draw.between(56, 90)
        width = length * draw.between(0.7, 1.0)
    else:
        length = draw.between(20, 48)
        width = length * (1.0 if kind == "blob" else draw.between(0.5, 1.0))
    lighter = kind in ("hair", "blob") and draw.between(0, 1) < 0.4
    return Defect(
        kind, y, x, length * scale, width * scale, angle, contrast, seed=seed, lighter=lighter
    )


def flawed(
    kind: str,
    seed: int,
    shape: tuple[int, int],
    contrast: float = 1.0,
    patterned: str | None = None,
) -> Scene:
    """A roll with one random defect: `roll(seed, patterned)` and `flaw(kind, seed, shape, contrast)`.

    A misprint lies on a print, whatever is asked for.
    """
    cloth = roll(seed, "print" if kind == "misprint" else patterned)
    return Scene(shape, cloth, (flaw(kind, seed, shape, contrast),))


def good_pieces(
    cloth: Fabric, side: int, *, parts: int = 8, each: int = 4
) -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Square pieces of good cloth to learn from, and the part of the roll that each comes from.

    >>> images, parts = good_pieces(roll(4), 160)
    >>> len(images), images[0].shape, parts[0], parts[-1]
    (32, (160, 160, 3), 0, 7)
    """
    places = [(part, number) for part in range(parts) for number in range(each)]
    images = [cloth.window(5000 * part, 700 * number, side, side) for part, number in places]
    return images, [part for part, _ in places]


def _dye_apart(colours: Sequence[Colour], draw: Draw) -> Colour:
    """A dye that is told apart from some colours."""

    def nearest(dye: Colour) -> float:
        return min(sum(abs(a - b) for a, b in zip(dye, c, strict=True)) for c in colours)

    far = sorted(_DYES.values(), key=nearest, reverse=True)[:_FURTHEST]
    return _varied(draw.one_of(far), draw, 1.0)


def _varied(colour: Colour, draw: Draw, shift: float) -> Colour:
    """A dye lot: the colour, a little off."""
    blue, green, red = (level * shift * draw.between(0.94, 1.06) for level in colour)
    return blue, green, red
