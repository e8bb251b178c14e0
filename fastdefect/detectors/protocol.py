"""What every detector is to its callers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from fastdefect.detectors.result import Detection
from fastdefect.typing import ByteImage


@runtime_checkable
class Plan(Protocol):
    """A detector made ready for one image shape; one thread at a time.

    `fastdefect.Engine` is the article's plan, `TexturePlan` the texture model's.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the images."""
        ...

    @property
    def threads(self) -> int:
        """Threads that work on an image."""
        ...

    def __call__(self, img: ByteImage, *, copy: bool = True) -> Detection:
        """Inspect one image; with ``copy=False`` the result's arrays live until the next call."""
        ...

    def warmup(self) -> Mapping[str, float]:
        """Compile or load all that a call runs; milliseconds."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Something that judges images of any shape."""

    def plan(self, shape: tuple[int, int], *, threads: int | None = None) -> Plan:
        """Make ready for one shape."""
        ...

    def __call__(self, img: ByteImage, *, threads: int | None = None) -> Detection:
        """Inspect one image."""
        ...
