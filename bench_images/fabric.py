"""Good cloth without end: any window of it, made on its own."""

from dataclasses import dataclass

import numpy as np

from bench_images import noise, weave, yarns
from bench_images.prints import Colour, Print
from bench_images.raster import soften, tiles
from bench_images.weave import CELLS, WARP_ON_TOP
from bench_images.yarns import Thread

#: Pixels around a tile that the blur of the optics needs.
_HALO = 1

_LIGHT, _CLOUD, _SENSOR = 200, 201, 202


@dataclass(frozen=True)
class Fabric:
    """A seeded woven fabric as a camera sees it, endless in all directions.

    Attributes
    ----------
    weave : str
        One of `bench_images.weave.WEAVES`.
    seed : int
        Any integer: another roll of the same description.
    colour : tuple of float
        Warp, blue, green, red.
    weft_colour : tuple of float or None
        Weft; None: as the warp.
    stripe_colour : tuple of float or None
        Colour of every yarn in a stripe; None: no stripes.
    stripes : tuple of (int, int, bool)
        Yarns of ground, yarns of stripe, and whether the weft is striped too (a check).
    printed : Print or None
        What is printed on the woven cloth.
    pitch : tuple of float
        Distance of the weft yarns and of the warp yarns, in pixels, each 3 to 14.
    thickness : float
        Width of the yarns over their pitch, 0.5 to 1.1.
    relief : float
        Strength of the shading of the yarns, 0 to 1.
    jitter : float
        Shift and thickness of each yarn along itself, amplitude in half pitches, 0 to 0.4.
    wander : float
        Common waviness of neighbouring yarns, amplitude in pixels, 0 to 3.
    lean : tuple of float
        Slant of the weft and of the warp, pixels per pixel, −0.2 to 0.2.
    tone : float
        Brightness from yarn to yarn, relative amplitude.
    band : float
        Brightness of neighbouring yarns together, relative amplitude.
    fuzz : float
        Fibres and their twist, relative amplitude.
    light : float
        Unevenness of the light and of the cloth's dye, relative amplitude over `light_span` pixels.
    light_span : int
        Pixels over which the light changes.
    gain : float
        Brightness of the whole image.
    sensor : float
        Standard deviation of the sensor's noise at grey 128, in grey levels; 0.6 of it in the dark.

    Raises
    ------
    ValueError
        For an unknown weave or a pitch beyond 3 to 14.
    """

    weave: str = "plain"
    seed: int = 0
    colour: Colour = (150.0, 150.0, 150.0)
    weft_colour: Colour | None = None
    stripe_colour: Colour | None = None
    stripes: tuple[int, int, bool] = (24, 6, False)
    printed: Print | None = None
    pitch: tuple[float, float] = (6.0, 6.0)
    thickness: float = 0.95
    relief: float = 0.6
    jitter: float = 0.12
    wander: float = 0.8
    lean: tuple[float, float] = (0.0, 0.0)
    tone: float = 0.06
    band: float = 0.03
    fuzz: float = 0.12
    light: float = 0.08
    light_span: int = 700
    gain: float = 1.0
    sensor: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what has no table and what would overflow."""
        if self.weave not in weave.WEAVES:
            expected = ", ".join(weave.WEAVES)
            raise ValueError(f"weave: expected one of {expected}; received {self.weave!r}")
        if not all(3.0 <= pitch <= 14.0 for pitch in self.pitch):
            raise ValueError(f"pitch: expected 3 to 14 pixels; received {self.pitch!r}")

    def window(self, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """Make a window of the cloth.

        Parameters
        ----------
        y0, x0 : int
            Upper left corner in pixels, −10¹⁵ to 10¹⁵.
        height, width : int
            Size in pixels, at least 1.

        Returns
        -------
        numpy.ndarray
            (height, width, 3) uint8, BGR, equal to the same window cut from any larger one.

        Notes
        -----
        Memory beyond the result is that of one tile of 64 × 512 pixels, about 4 MB.
        """
        result = np.empty((height, width, 3), np.uint8)
        for top, left, tile in tiles(y0, x0, height, width):
            bottom, right = top + tile[0], left + tile[1]
            self.expose(
                top,
                left,
                self.texture(top, left, *tile),
                result[top - y0 : bottom - y0, left - x0 : right - x0],
            )
        return result

    @property
    def pattern(self) -> str | None:
        """``"print of "`` and the motif, ``"checks"``, ``"stripes"``, or None."""
        if self.printed is not None:
            return f"print of {self.printed.motif}"
        return None if self.stripe_colour is None else ("stripes", "checks")[self.stripes[2]]

    def run(self, axis: int, y0: int, x0: int, height: int, width: int) -> yarns.Run:
        """The yarns of one set over a window; `yarns.locate` with this fabric's numbers."""
        pitch = round(self.pitch[axis] * yarns.UNITS)
        lean = round(self.lean[axis] * 65536)
        return yarns.locate(self.seed, axis, pitch, lean, self.wander, y0, x0, height, width)

    def texture(
        self,
        y0: int,
        x0: int,
        height: int,
        width: int,
        weave_name: str | None = None,
        thread: Thread | None = None,
    ) -> list[np.ndarray]:
        """The lit cloth behind the optics, before the sensor.

        Parameters
        ----------
        y0, x0, height, width : int
            The window, in pixels.
        weave_name : str, optional
            Another weave of the same yarns.
        thread : Thread, optional
            A yarn to leave out or to swell.

        Returns
        -------
        list of numpy.ndarray
            Blue, green and red, each (height, width) float32, in grey levels.
        """
        wide = (y0 - _HALO, x0 - _HALO, height + 2 * _HALO, width + 2 * _HALO)
        pattern = weave.table(weave_name or self.weave, self.relief, self.thickness)
        repeat = pattern.shape[1]
        weft, warp = (self._look(axis, wide, repeat // CELLS, thread) for axis in (0, 1))
        place = weft.cell * repeat + warp.cell
        if thread is not None:
            other = thread.axis + (weave.MISSING if thread.thick is None else weave.PROUD)
            place += (weft, warp)[thread.axis].is_thread * (other * repeat * repeat)
        shade = pattern.take(place)
        top = shade >= WARP_ON_TOP
        shade -= top * WARP_ON_TOP
        shade *= np.where(top, warp.tone, weft.tone)
        shade *= yarns.fibres(self.seed, self.fuzz).take(np.where(top, warp.fibre, weft.fibre))
        light = self._light(*wide)
        light *= shade
        kind = np.where(top, warp.kind, weft.kind)
        planes = [plane.take(kind) for plane in self._palette()]
        if self.printed is not None:
            planes = self.printed.over(planes, self.seed, self.gain, wide)
        return [soften(light * plane) for plane in planes]

    def belongs(self, thread: Thread, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """The pixels of a window that a thread covers, (height, width) bool."""
        run = self.run(thread.axis, y0, x0, height, width)
        yarn = run.yarn
        if thread.thick is not None:
            across = self._across(run, thread.axis)
            yarn, _ = yarns.swell(thread, run, across, y0 if thread.axis else x0)
        return yarn == np.int32(thread.number - run.first)

    def expose(self, y0: int, x0: int, planes: list[np.ndarray], out: np.ndarray) -> None:
        """Add the sensor's noise to what `texture` returned and round it into `out`, uint8."""
        height, width = planes[0].shape
        y = np.arange(y0, y0 + height, dtype=np.int64)
        x = np.arange(x0, x0 + width, dtype=np.int64)
        for channel, plane in enumerate(planes):
            level = plane * np.float32(0.4 / 128.0 * self.sensor)
            level += np.float32(0.6 * self.sensor)
            level *= noise.bell(noise.grid(self.seed, _SENSOR + channel, y, x))
            level += plane
            np.rint(level, out=level)
            np.clip(level, 0.0, 255.0, out=level)
            out[:, :, channel] = level

    def _palette(self) -> np.ndarray:
        """(3, 4) float32: blue, green, red of weft, weft stripe, warp, warp stripe."""
        weft = self.weft_colour or self.colour
        stripe = self.stripe_colour or self.colour
        check = stripe if self.stripe_colour and self.stripes[2] else weft
        return np.array([weft, check, self.colour, stripe], np.float32).T * np.float32(self.gain)

    def _light(self, y0: int, x0: int, height: int, width: int) -> np.ndarray:
        """Brightness about 1, from the light (slow) and from the dye (cloudy), float32."""
        light = noise.smooth(self.seed, _LIGHT, y0, x0, height, width, self.light_span)
        light += noise.smooth(self.seed, _CLOUD, y0, x0, height, width, 29) * np.float32(0.25)
        light *= np.float32(self.light)
        light += np.float32(1.0)
        return light

    def _across(self, run: yarns.Run, axis: int) -> np.ndarray:
        """Place across its yarn, −1 … 1, of each pixel, float32."""
        across = run.offset.astype(np.float32)
        across *= np.float32(2.0) / np.float32(round(self.pitch[axis] * yarns.UNITS))
        across -= np.float32(1.0)
        return across

    def _look(
        self, axis: int, wide: tuple[int, int, int, int], repeat: int, thread: Thread | None
    ) -> "_Look":
        """All that a pixel needs of one set of yarns; `repeat` is that of the weave, in yarns."""
        y0, x0, height, width = wide
        start, length = (y0, height) if axis else (x0, width)
        run = self.run(axis, *wide)
        yarn, across = run.yarn, self._across(run, axis)
        if thread is not None and thread.axis == axis and thread.thick is not None:
            yarn, across = yarns.swell(thread, run, across, start)
        low = int(yarn.min())
        yarn = yarn - np.int32(low)
        first, count = run.first + low, int(yarn.max()) + 1
        own = yarns.traits(
            self.seed, axis, first, count, start, length, self.jitter, self.tone, self.band
        )
        along = np.arange(length, dtype=np.int64)
        along = along[:, None] if axis else along[None, :]
        flat = yarn + along * count
        across -= own.shift.take(flat)
        across *= own.slimness.take(flat)
        across += np.float32(1.0)
        across *= np.float32(CELLS / 2)
        np.clip(across, 0, CELLS - 1, out=across)
        cell = across.astype(np.int64)
        fibre = (own.phase.take(yarn) + (along + start)) & (yarns.FIBRE_LENGTH - 1)
        fibre *= CELLS
        fibre += cell
        cell += ((own.numbers % repeat) * CELLS).take(yarn)
        ground, stripe, check = self.stripes
        striped = (own.numbers % (ground + stripe) >= ground) & bool(axis or check)
        is_thread = (
            yarn + first == thread.number if thread is not None and thread.axis == axis else None
        )
        return _Look(cell, fibre, own.tone.take(flat), (striped + 2 * axis).take(yarn), is_thread)


@dataclass(frozen=True)
class _Look:
    """One set of yarns over a window, arrays (height, width).

    `cell` is the place in the table of the weave along this axis, `fibre` that in the table of
    fibres, `tone` the brightness, `kind` the column of the palette, `is_thread` where the thread
    treated differently lies, or None.
    """

    cell: np.ndarray
    fibre: np.ndarray
    tone: np.ndarray
    kind: np.ndarray
    is_thread: np.ndarray | None
