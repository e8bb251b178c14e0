"""What is done before and after a network: written down, checked, and nowhere guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from fastdefect.checks import check_choice, check_int, check_real, short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

_MOST_SIDE = 2**16


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How an image enters a network, and which of its outputs means what.

    A network's value is ``(grey level / scale - mean) / std``.

    Attributes
    ----------
    map : str
        Name of the output that is the score map: as many numbers as the network's input has pixels.
    score : str, optional
        Name of the output that is the image's score; without it the score is the mean of the 20 highest values of the
        map.
    size : (int, int), optional
        Height and width that the network takes: images of another size are resized, bilinear, and maps back. Without
        it the network takes any size.
    colour : {"bgr", "rgb", "grey"}
        Order of the channels.
    layout : {"nchw", "nhwc"}
        Order of the input's axes: image, channel, row, column, or the channel last.
    scale : float
        Grey level that becomes 1: 255 where the network was trained on 0 ... 1.
    mean, std : tuple of float
        One number, or one for each channel in the order of ``colour``.
    stride : int
        Images of a network of any size are made multiples of it, by repeating their last rows and columns.
    halo : int, optional
        Pixels around one that its score depends on, a multiple of the stride: images of more than a megapixel are
        then computed in tiles, to the same map within rounding. Without it, and for a score of the network's own, an
        image is always computed whole.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad value.

    Examples
    --------
    >>> from fastdefect.detectors.onnx.recipe import Recipe
    >>> recipe = Recipe(map="anomaly_map", score="pred_score", size=(256, 256), colour="rgb", scale=255)
    >>> recipe.channels, recipe.means
    (3, (0.0, 0.0, 0.0))
    >>> Recipe.of({"map": "map", "scale": 0})
    Traceback (most recent call last):
    ...
    fastdefect.errors.ArgumentValueError: scale: expected ...
    >>> recipe.packed()["size"]
    [256, 256]
    """

    map: str
    score: str | None = None
    size: tuple[int, int] | None = None
    colour: str = "bgr"
    layout: str = "nchw"
    scale: float = 1.0
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    stride: int = 1
    halo: int | None = None

    def __post_init__(self) -> None:
        for name in ("map", "score"):
            value = getattr(self, name)
            if not isinstance(value, str) and not (name == "score" and value is None):
                raise ArgumentTypeError(
                    f"{name}: expected the name of an output, received {short(value)}; write it as a text"
                )
        check_choice("colour", self.colour, ("bgr", "rgb", "grey"))
        check_choice("layout", self.layout, ("nchw", "nhwc"))
        check_real("scale", self.scale, minimum=1e-6, maximum=1e6)
        for name, least in (("mean", -1e6), ("std", 1e-6)):
            object.__setattr__(self, name, self._numbers(name, least))
        if self.size is not None:
            object.__setattr__(self, "size", _pair(self.size))
        check_int("stride", self.stride, 1, 1024)
        if self.halo is not None:
            check_int("halo", self.halo, 0, 4096)
            if self.halo % self.stride or self.score is not None or self.size is not None:
                raise ArgumentValueError(
                    f"halo: expected a multiple of the stride {self.stride}, of a network of any size that has no score of "
                    f"its own, received {self.halo}; leave it out, and images are computed whole"
                )

    @classmethod
    def of(cls, entries: Mapping[str, Any]) -> Self:
        """Make one from entries of a file.

        Parameters
        ----------
        entries : mapping of str to object

        Returns
        -------
        Recipe

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For an unknown name, a missing map, or a bad value.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted({*entries} - {*known})
        if unknown or "map" not in entries:
            raise ArgumentValueError(
                f"network: expected entries {', '.join(known)}, of which map is needed, received "
                f"{short(', '.join(unknown)) if unknown else 'none of map'}; name the output that is the score map"
            )
        return cls(**entries)

    def packed(self) -> dict[str, Any]:
        """Entries for a file; what is not set is left out.

        Returns
        -------
        dict of str to object
        """
        found = {name: value for name, value in asdict(self).items() if value is not None}
        return {n: list(v) if isinstance(v, tuple) else v for n, v in found.items()}

    @property
    def channels(self) -> int:
        """Channels of the images: 1 or 3."""
        return 1 if self.colour == "grey" else 3

    @property
    def means(self) -> tuple[float, ...]:
        """What is taken off, for each channel in the order of ``colour``."""
        return self.mean * (self.channels // len(self.mean))

    @property
    def deviations(self) -> tuple[float, ...]:
        """What is divided by, likewise."""
        return self.std * (self.channels // len(self.std))

    def _numbers(self, name: str, least: float) -> tuple[float, ...]:
        given = getattr(self, name)
        values = given if isinstance(given, (list, tuple)) else (given,)
        if len(values) not in (1, self.channels):
            raise ArgumentValueError(
                f"{name}: expected one number, or {self.channels} for {self.colour}, received {short(given)}; "
                "write one for each channel"
            )
        return tuple(check_real(name, value, minimum=least, maximum=1e6) for value in values)


def _pair(size: Any) -> tuple[int, int]:
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        raise ArgumentValueError(
            f"size: expected height and width, received {short(size)}; write [256, 256], or leave it out for a "
            "network that takes any size"
        )
    height, width = (check_int("size", side, 1, _MOST_SIDE) for side in size)
    return height, width
