"""The package's contenders, handed to `fastdefect.measure`, which stands below everything that it measures."""

from __future__ import annotations

from typing import Any

from fastdefect.measure.duels import Subjects
from fastdefect.measure.images import ByteImage
from fastdefect.measure.parity import Call, Shape


def subjects() -> Subjects:
    """Return the back ends, the engine and the drop-in function of this installation."""
    from fastdefect.backends import load
    from fastdefect.compat import fab_defect_detect
    from fastdefect.engine import Engine
    from fastdefect.reference.article import fab_defect_detect as article
    from fastdefect.tiling.workers import Workers

    def engine(shape: Shape, threads: int) -> Call:
        planned: Call = Engine(shape, threads=threads)
        return planned

    def drop_in(bgr: ByteImage, threads: int) -> Any:
        return fab_defect_detect(bgr, threads=threads)

    return Subjects(load, Workers, engine, drop_in, article)
