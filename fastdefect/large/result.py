"""What a run over a large image leaves: verdict, files, a mapped table of defects, and the certificate of them all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fastdefect.checks import check_progress
from fastdefect.defects.columns import Columns
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.errors import ImageReadError
from fastdefect.io import PathLike, checked_path, read_file
from fastdefect.io.tiles import BlockTiff
from fastdefect.large.files import load_array
from fastdefect.large.hashes import block_digest, document_digest, list_digest, table_digest
from fastdefect.large.place import TABLE
from fastdefect.large.programs.program import Verdict
from fastdefect.large.progress import Counter, Progress

FORMAT = "fastdefect large result 1"
NAME = "result.json"
_MOST = 1 << 20


@dataclass(frozen=True)
class LargeDetection:
    """Verdict and defects of an image that memory does not hold.

    Attributes
    ----------
    folder : Path
        Where everything lies: ``mask.tif`` (uint8, 255 in a defect) and ``score_map.tif`` (float32), tiled BigTIFF without
        compression; ``defects/``, a column of the table in each NPY file; ``journal.jsonl``; ``result.json``.
    shape : (int, int)
        Height and width of the image in pixels.
    is_defective, is_unusable, notes, score, threshold, otsu_threshold, zero_count
        As in `fastdefect.Detection`.
    regions : RegionParams
        How the mask became defects.
    certificate : dict
        SHA-256s, see `fastdefect.large`.
    block : int
        Side in pixels of the blocks that the certificate is of.
    speed, processor : dict of str to float
        Milliseconds of this run by what it did, on the clock and of the processor by all threads; nothing for a result that
        was opened.

    Examples
    --------
    >>> import tempfile, numpy as np, fastdefect
    >>> from fastdefect.large import detect, open_result
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 50
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = detect(image, fastdefect.ArticleDetector(), out=folder)
    ...     found.verdict, found.defects[0].area, open_result(folder).faults()
    ...     list(found.to_dict())[:3] == list(found.numbers())[:3]
    ('defective', 353, [])
    True
    """

    folder: Path
    shape: tuple[int, int]
    is_defective: bool
    is_unusable: bool
    notes: tuple[str, ...]
    score: float
    threshold: float
    otsu_threshold: int | None
    zero_count: int | None
    regions: RegionParams
    certificate: dict[str, Any]
    block: int
    speed: dict[str, float]
    processor: dict[str, float]

    @property
    def verdict(self) -> str:
        """``"good"``, ``"defective"`` or ``"unusable"``."""
        if self.is_unusable:
            return "unusable"
        return "defective" if self.is_defective else "good"

    @property
    def mask(self) -> Path:
        """The mask's file."""
        return self.folder / "mask.tif"

    @property
    def score_map(self) -> Path:
        """The map's file."""
        return self.folder / "score_map.tif"

    @cached_property
    def defects(self) -> Defects:
        """The table of defects, mapped from its files: rows are read when they are asked for."""
        return read_table(self.folder, self.regions)

    def faults(self, *, progress: Callable[[Progress], object] | None = None) -> list[str]:
        """What does not fit the certificate; reads all files of the result.

        Parameters
        ----------
        progress : callable, optional
            Called with a `Progress` after each block of mask and map.

        Returns
        -------
        list of str
            A sentence for each part; empty for a result that is whole.

        Raises
        ------
        ArgumentTypeError
            ``progress`` is no function.
        """
        check_progress(progress, "a Progress")
        found = []
        counter = Counter(progress, "checking", 2 * self.shape[0] * self.shape[1])
        for name, dtype in (("mask", "u1"), ("score_map", "f4")):
            path = self.folder / f"{name}.tif"
            try:
                file = BlockTiff(path, self.shape, dtype, self.block)
                grid = ((i, j) for i in range(file.grid[0]) for j in range(file.grid[1]))
                digest = list_digest(_counted(file.read_block(*place), counter) for place in grid)
            except OSError as error:
                found.append(f"{path}: {error}")
                continue
            if digest != self.certificate[name]:
                found.append(
                    f"{path}: SHA-256 of its blocks is {digest}, not {self.certificate[name]}"
                )
        try:
            digest = table_digest(self.defects)
        except (OSError, ValueError) as error:
            found.append(f"{self.folder / TABLE}: {error}")
        else:
            if digest != self.certificate["table"]:
                found.append(
                    f"{self.folder / TABLE}: SHA-256 is {digest}, not {self.certificate['table']}"
                )
        numbers = document_digest(self.numbers())
        if numbers != self.certificate["verdict"]:
            found.append(f"{self.folder / NAME}: the verdict is another than the certificate's")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Verdict, times and defects as plain data, as `fastdefect.Detection.to_dict`, and the certificate.

        Returns
        -------
        dict of str to object
            Ready for JSON. It holds all defects, which may be millions.
        """
        rest = {
            "defects": self.defects.to_dict(),
            "speed": self.speed,
            "certificate": self.certificate,
        }
        return self.numbers() | rest

    def numbers(self) -> dict[str, Any]:
        """The verdict without the defects, which the certificate holds.

        Returns
        -------
        dict of str to object
        """
        return Verdict(
            self.is_defective, self.is_unusable, self.notes, self.score, self.threshold, self.otsu_threshold,
            self.zero_count,
        ).numbers()  # fmt: skip


def _counted(block: Any, counter: Counter) -> str:
    """A block's digest, its pixels told to the counter."""
    counter.add(block.size)
    return block_digest(block)


def read_table(folder: Path, rules: RegionParams) -> Defects:
    """The table in a result's folder, mapped."""
    columns = (load_array(folder / TABLE / f"{name}.npy") for name in Columns._fields)
    return Defects.of(Columns._make(columns), rules)


def open_result(folder: PathLike) -> LargeDetection:
    """Open what a finished run has left.

    Parameters
    ----------
    folder : str or os.PathLike

    Returns
    -------
    LargeDetection

    Raises
    ------
    ImageReadError
        There is no finished result.

    Examples
    --------
    >>> from fastdefect.large import open_result
    >>> open_result("no such folder")
    Traceback (most recent call last):
    ...
    fastdefect.errors.ImageReadError: no such folder/result.json: expected the result of a finished run, found nothing ...
    """
    place = checked_path("folder", folder)
    path = place / NAME

    def fault(told: str) -> ImageReadError:
        return ImageReadError(f"{path}: expected the result of a finished run, {told}")

    data = read_file(path, _MOST, fault)
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise fault(
                f"received the format {found['format']!r}; open it with the version that wrote it"
            )
        rules = found["regions"]
        for name in ("mm_per_px", "severity_limits"):
            rules[name] = tuple(rules[name]) if isinstance(rules[name], list) else rules[name]
        verdict = found["verdict"]
        return LargeDetection(
            place,
            (int(found["shape"][0]), int(found["shape"][1])),
            verdict["is_defective"],
            verdict["verdict"] == "unusable",
            tuple(verdict["notes"]),
            verdict["score"],
            verdict["threshold"],
            verdict["otsu_threshold"],
            verdict["zero_count"],
            RegionParams(**rules),
            dict(found["certificate"]),
            int(found["block"]),
            {},
            {},
        )
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise fault(f"received another content ({error}); run it again") from error
