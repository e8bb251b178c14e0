"""One call for one image: engines are made when first needed and kept per thread."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict

from fastdefect.checks import check_image, check_kind
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article.engine import Engine
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.result import Detection
from fastdefect.roi.area import AreaLike, inspected_area
from fastdefect.typing import BoolImage, ByteImage

MOST_ENGINES = 8
MOST_BYTES = 256 * 2**20

_kept = threading.local()


def engine_for(
    shape: tuple[int, int],
    params: ArticleParams | None,
    threads: int | None,
    *,
    inside: BoolImage | None = None,
    regions: RegionParams | None = None,
) -> Engine:
    """An engine of the calling thread for this shape and area, made or found.

    Each thread keeps its last 8 engines, fewer if their images take more than 256 MiB together.
    """
    engines: OrderedDict[object, Engine]
    engines = _kept.__dict__.setdefault("engines", OrderedDict())
    area = None if inside is None else inside.tobytes()
    key = (shape, params, threads, area, regions, os.environ.get("FASTDEFECT_BACKEND"))
    engine = engines.pop(key, None)
    if engine is None:
        engine = Engine(shape, params, threads, roi=inside, regions=regions)
    engines[key] = engine
    while len(engines) > 1 and (
        len(engines) > MOST_ENGINES or sum(e.nbytes for e in engines.values()) > MOST_BYTES
    ):
        engines.popitem(last=False)
    return engine


def detect(
    img: ByteImage,
    params: ArticleParams | None = None,
    *,
    threads: int | None = None,
    stages: bool = False,
    roi: AreaLike | None = None,
    ignore: AreaLike | None = None,
    regions: RegionParams | None = None,
) -> Detection:
    """Inspect one image with the article's detector.

    Parameters
    ----------
    img : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        BGR, BGR with alpha (ignored), or grey. Never modified.
    params : ArticleParams, optional
        By default the article's constants.
    threads : int, optional
        1 ... 256, by default what the process may use.
    stages : bool, default: False
        Also return the image of every stage in ``Detection.stages``.
    roi, ignore : optional
        What is inspected and what is left out of it: polygons, masks or files, see `fastdefect.roi.area`. They
        are worked out anew in every call; an `Engine` keeps them.
    regions : RegionParams, optional
        How pixels become defects: scale in millimetres, least size, merging, severity.

    Returns
    -------
    Detection
        Its arrays are the caller's own.

    See Also
    --------
    Engine : the same with a plan that you keep, for images of one shape.
    """
    image = check_image("img", img)
    shape = image.shape[0], image.shape[1]
    inside = inspected_area(shape, roi, ignore)
    rules, areas = (
        check_kind("params", params, ArticleParams),
        check_kind("regions", regions, RegionParams),
    )
    engine = engine_for(shape, rules, threads, inside=inside, regions=areas)
    return engine(image, stages=stages)
