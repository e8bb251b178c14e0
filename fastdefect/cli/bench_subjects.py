"""The package's contenders, handed to `fastdefect.measure`, which stands below everything that it measures."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastdefect.bench.cases import Subjects
from fastdefect.bench.compare import picture
from fastdefect.bench.parity import Call, Shape
from fastdefect.typing import ByteImage


def subjects() -> Subjects:
    """Return the back ends, the engine and the drop-in function of this installation."""
    from fastdefect.backends import load
    from fastdefect.detectors.article.compat import fab_defect_detect
    from fastdefect.detectors.article.engine import Engine
    from fastdefect.reference.article import fab_defect_detect as article
    from fastdefect.tiling.workers import Workers

    def engine(shape: Shape, threads: int) -> Call:
        planned: Call = Engine(shape, threads=threads)
        return planned

    def drop_in(bgr: ByteImage, threads: int) -> Any:
        return fab_defect_detect(bgr, threads=threads)

    return Subjects(load, Workers, engine, drop_in, article)


def nl_means_path(shape: Shape, threads: int) -> str:
    """Run the article's NL-means once on the picture of its row, and say which path it took."""
    from fastdefect.backends import load
    from fastdefect.detectors.article.params import ArticleParams
    from fastdefect.tiling.workers import Workers

    p = ArticleParams()
    step = load().nl_means(shape, p.h, p.template_window, p.search_window, Workers(threads))
    step(picture("blurred", shape, 1), np.empty(shape, np.uint8))
    return str(getattr(step, "path", "OpenCV"))
