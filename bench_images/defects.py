"""Defects: where they are. What each one shows is in `damage`."""

from dataclasses import dataclass

import numpy as np

from bench_images import noise
from bench_images.fabric import Fabric
from bench_images.prints import Print
from bench_images.raster import soften
from bench_images.yarns import Thread

#: Every kind of defect, with what it is at contrast 1.
KINDS = {
    "hole": "a frayed hole with the dark table seen through it",
    "broken yarn": "a yarn missing along a run",
    "slub": "a yarn swollen to three times its width, over its neighbours",
    "stain": "an oily patch, 60 % darker, with a rim",
    "misweave": "a patch of wrong floats (another weave of the same yarns)",
    "colour spot": "a spot of another colour and the same luminance (ITU-R BT.601)",
    "smoothed": "a patch whose texture is averaged away; its brightness stays",
    "hair": "a curved line, black, or off-white if `lighter`",
    "blob": "a round spot, black, or twice as bright if `lighter`",
    "misprint": "a patch of printed cloth without its print, or with the print moved a third of its repeat",
}

#: Kinds that lie on any cloth; a misprint needs a print.
ANYWHERE = tuple(kind for kind in KINDS if kind != "misprint")

_ALONG_A_YARN = ("broken yarn", "slub")
_EDGE, _BLOTCH, _CURVE, _ENDS, _NICKS, _SLIP = 300, 310, 320, 330, 340, 350

#: Share of a pixel that a wrong print has to change before the pixel counts.
_LEAST_INK = np.float32(1.0 / 16.0)

#: Width of the rim in pixels for the kinds that are areas, and unevenness of their outline.
_RIM = {
    "hole": (1.5, 0.15),
    "stain": (5.0, 0.35),
    "misweave": (1.5, 0.10),
    "colour spot": (2.0, 0.15),
    "smoothed": (3.0, 0.15),
    "blob": (2.5, 0.0),
    "misprint": (1.5, 0.10),
}


@dataclass(frozen=True)
class Defect:
    """One defect.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    y, x : int
        Centre, in pixels.
    length : float
        Length in pixels: along the yarn, along the hair, or the longer axis of an area.
    width : float
        The other axis of an area, or the width of the hair, in pixels; a yarn has its own width.
    angle : float
        Degrees from the x axis towards the y axis. A yarn is of the weft below 45, else of the
        warp.
    contrast : float
        0 (as good cloth) to 1 (see `KINDS`). Every pixel goes from one to the other in a straight
        line.
    seed : int
        Outline, blotches and curl.
    lighter : bool
        For hair and blob: lighter than the cloth.

    Raises
    ------
    ValueError
        For another kind or a contrast beyond 0 to 1.
    """

    kind: str
    y: int
    x: int
    length: float
    width: float = 0.0
    angle: float = 0.0
    contrast: float = 1.0
    seed: int = 0
    lighter: bool = False

    def __post_init__(self) -> None:
        """Refuse what can't be drawn."""
        if self.kind not in KINDS:
            raise ValueError(f"kind: expected one of {', '.join(KINDS)}; received {self.kind!r}")
        if not 0.0 <= self.contrast <= 1.0:
            raise ValueError(f"contrast: expected 0 to 1; received {self.contrast!r}")

    @property
    def axis(self) -> int:
        """1 for a defect of a warp yarn, 0 for one of a weft yarn."""
        return int(self.angle >= 45.0)

    def reach(self, fabric: Fabric) -> tuple[int, int, int, int]:
        """A box (y0, x0, y1, x1), ends exclusive, that surely holds the defect."""
        if self.kind in _ALONG_A_YARN:
            along = int(self.length / 2) + 3
            # Five times the wander, to either side, is the most that the common waves can be.
            drift = abs(fabric.lean[self.axis]) * self.length / 2 + 10 * fabric.wander
            across = int(drift + 3 * fabric.pitch[self.axis]) + 3
            half = (along, across) if self.axis else (across, along)
        else:
            # A rough outline lies at most 1 / (1 - 0.45) = 1.8 radii from the centre.
            size = max(self.length, self.width) / 2
            half = (int(1.85 * size) + 4,) * 2
        return self.y - half[0], self.x - half[1], self.y + half[0] + 1, self.x + half[1] + 1

    def thread(self, fabric: Fabric) -> Thread | None:
        """The yarn that is missing or swollen; None for the other kinds."""
        if self.kind not in _ALONG_A_YARN:
            return None
        run = fabric.run(self.axis, self.y, self.x, 1, 1)
        number = run.first + int(run.yarn[0, 0])
        if self.kind == "broken yarn":
            return Thread(self.axis, number)
        centre = self.y if self.axis else self.x
        return Thread(self.axis, number, (centre, max(1, int(self.length / 2)), 3.0))

    def misprint(self, fabric: Fabric) -> Print | None:
        """The print that a misprint shows instead of the cloth's; None where it is missing, as for every other seed.

        Raises
        ------
        ValueError
            For a cloth without a print.
        """
        printed = fabric.printed
        if printed is None:
            raise ValueError(
                f"fabric: expected cloth with a print for a {self.kind}; received one of {fabric.pattern or 'one colour'}"
            )
        chosen = noise.mix(self.seed, _SLIP)
        if chosen & 1:
            return None
        down, right = ((1, 0), (0, 1), (-1, 0), (0, -1))[chosen >> 1 & 3]
        return printed.slipped(down * printed.repeat[0] // 3, right * printed.repeat[1] // 3)

    def cover(self, fabric: Fabric, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """How much of each pixel of a window the defect takes.

        Returns
        -------
        numpy.ndarray
            (height, width) float32, 0 to 1 in steps of 1/256, whatever the contrast; the defect's
            mask is where it is above 0.
        """
        window = (y0, x0, height, width)
        if self.kind in _ALONG_A_YARN:
            share = self._along_a_yarn(fabric, *window)
        elif self.kind == "hair":
            share = self._curve(*window)
        else:
            share = self._area(fabric, *window)
            if self.kind == "misprint":
                share *= self._wrong_ink(fabric, *window)
        share *= np.float32(256.0)
        np.rint(share, out=share)
        share *= np.float32(1.0 / 256.0)
        return share

    def _wrong_ink(self, fabric: Fabric, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """1 where a misprint shows other ink than the print, softened by one pixel."""
        wide = (y0 - 1, x0 - 1, height + 2, width + 2)
        shown = self.misprint(fabric)
        assert fabric.printed is not None
        change = fabric.printed.cover(fabric.seed, *wide)
        if shown is not None:
            change -= shown.cover(fabric.seed, *wide)
        return soften((np.abs(change).max(axis=0) > _LEAST_INK).astype(np.float32))

    def _local(self, y0: int, x0: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates along and across the defect, from its centre, in pixels."""
        down = np.arange(y0 - self.y, y0 - self.y + height, dtype=np.int64)[:, None]
        right = np.arange(x0 - self.x, x0 - self.x + width, dtype=np.int64)[None, :]
        # Rounded to 1/4096: the last bit of a sine differs between mathematical libraries.
        turn = np.deg2rad(self.angle)
        c, s = int(np.rint(np.cos(turn) * 4096.0)), int(np.rint(np.sin(turn) * 4096.0))
        along, across = right * c + down * s, down * c - right * s
        unit = np.float32(1.0 / 4096.0)
        return along.astype(np.float32) * unit, across.astype(np.float32) * unit

    def _area(self, fabric: Fabric, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        along, across = self._local(y0, x0, height, width)
        a, b = np.float32(max(self.length, 1.0) / 2), np.float32(max(self.width, 1.0) / 2)
        radius = np.sqrt((along / a) * (along / a) + (across / b) * (across / b))
        rim, unevenness = _RIM[self.kind]
        small = float(min(a, b))
        window = (y0 - self.y, x0 - self.x, height, width)
        if unevenness:
            rough = noise.smooth(self.seed, _EDGE, *window, max(2, int(small * 0.7)))
            rough *= np.float32(unevenness)
            if self.kind == "hole":
                rough += noise.smooth(self.seed, _NICKS, *window, 3) * np.float32(0.05)
                rough += self._cut_ends(fabric, y0, x0, height, width)
            radius *= np.float32(1.0) + rough
        steepness = np.float32(small / min(rim, 0.6 * small))
        t = np.clip((np.float32(1.0) - radius) * steepness, np.float32(0.0), np.float32(1.0))
        share = t * t * (np.float32(3.0) - np.float32(2.0) * t)
        if self.kind == "stain":
            blotch = noise.smooth(self.seed, _BLOTCH, *window, max(3, int(small * 0.4)))
            share *= np.float32(0.75) + np.float32(0.25) * blotch
            share *= np.float32(0.55) + np.float32(0.45) * np.minimum(radius, np.float32(1.0))
        return share

    def _cut_ends(self, fabric: Fabric, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """Each yarn ends at a place of its own: roughness of the outline, within 0.25."""
        down = np.arange(y0 - self.y, y0 - self.y + height, dtype=np.float32)[:, None]
        right = np.arange(x0 - self.x, x0 - self.x + width, dtype=np.float32)[None, :]
        steepness = down * down / (down * down + right * right + np.float32(1.0))
        one, ends = np.zeros(1, np.int64), []
        for axis in (0, 1):
            run = fabric.run(axis, y0, x0, height, width)
            numbers = run.first + np.arange(int(run.yarn.max()) + 1, dtype=np.int64)
            ends.append(
                noise.uniform(noise.grid(self.seed, _ENDS + axis, one, numbers))[0][run.yarn]
            )
        weft, warp = ends
        return (weft + steepness * (warp - weft)) * np.float32(0.25)

    def _along_a_yarn(
        self, fabric: Fabric, y0: int, x0: int, height: int, width: int
    ) -> np.ndarray:
        """The yarn's own pixels, softened by one pixel."""
        wide = (y0 - 1, x0 - 1, height + 2, width + 2)
        thread = self.thread(fabric)
        assert thread is not None
        start, length, centre = (
            (wide[0], wide[2], self.y) if self.axis else (wide[1], wide[3], self.x)
        )
        distance = np.abs(np.arange(start, start + length, dtype=np.int64) - centre)
        inside = distance <= self.length / 2
        member = fabric.belongs(thread, *wide)
        member &= inside[:, None] if self.axis else inside[None, :]
        return soften(member.astype(np.float32))

    def _curve(self, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """Nearness to a curve of 24 straight pieces."""
        along, across = self._local(y0, x0, height, width)
        one, two = np.arange(1, dtype=np.int64), np.arange(2, dtype=np.int64)
        bend, curl = noise.uniform(noise.grid(self.seed, _CURVE, one, two))[0]
        t = np.arange(-12, 13).astype(np.float32) / np.float32(12.0)
        px = t * np.float32(self.length / 2)
        py = bend * (t * t - np.float32(1 / 3)) + curl * (t * t * t - t) * np.float32(0.8)
        py *= np.float32(0.3 * self.length)
        nearest = np.full(along.shape, np.float32(1e18))
        for k in range(24):
            dx, dy = px[k + 1] - px[k], py[k + 1] - py[k]
            s = ((along - px[k]) * dx + (across - py[k]) * dy) / (dx * dx + dy * dy)
            s = np.clip(s, np.float32(0.0), np.float32(1.0))
            ex, ey = along - px[k] - s * dx, across - py[k] - s * dy
            np.minimum(nearest, ex * ex + ey * ey, out=nearest)
        edge = np.float32(max(self.width, 1.0) / 2 + 0.5)
        return np.clip(edge - np.sqrt(nearest), np.float32(0.0), np.float32(1.0))
