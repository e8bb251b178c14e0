"""Which web speed a machine can follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fastdefect.checks import check_real


@dataclass(frozen=True)
class Web:
    """Material that moves past a camera.

    Attributes
    ----------
    width : float
        Of the web, in millimetres, positive.
    resolution : float
        Millimetres per pixel, positive.
    """

    width: float
    resolution: float

    def __post_init__(self) -> None:
        check_real("web width", self.width, minimum=1e-6)
        check_real("resolution", self.resolution, minimum=1e-6)

    def images_across(self, shape: tuple[int, int]) -> int:
        """Images of ``shape`` (height along the web, width across) side by side that cover the web."""
        # rounded first: 1600 mm at 0.1 mm are 16000 pixels, not one more
        return math.ceil(round(self.width / self.resolution, 6) / shape[1])

    def metres_per_minute(self, shape: tuple[int, int], milliseconds: float) -> float:
        """Speed at which the images keep up when each takes ``milliseconds``, one after another."""
        rows_of_images = 1000 / (milliseconds * self.images_across(shape))  # per second
        return rows_of_images * shape[0] * self.resolution * 60 / 1000

    def sentence(self, shape: tuple[int, int], threads: int, p99: float) -> str:
        """The line that a plant engineer reads."""
        speed = self.metres_per_minute(shape, p99)
        digits = 0 if speed >= 100 else 1 if speed >= 1 else 3
        return (
            f"With a web {self.width:g} mm wide at {self.resolution:g} mm per pixel and {threads} "
            f"thread{'s' * (threads > 1)}, this machine follows {speed:.{digits}f} m/min at p99."
        )
