"""Regions and the report at the sizes that matter: 10,000 regions in 16 megapixels, 500 images in one page.

    python -m benchmarks.defects regions
    python -m benchmarks.defects page [FILE.html]

The second needs playwright and Debian's ``chromium`` for its times.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from fastdefect import Detection
from fastdefect.defects.find import find_defects
from fastdefect.defects.params import RegionParams
from fastdefect.report.page import PageExport

_SIDE = 4096
_REGIONS = 100  # a side
_IMAGES = 500
_REPEATS = 5


def spots(side: int, count: int, radius: float, seed: int) -> np.ndarray:
    """A mask of count x count ellipses of different sizes, none touching another."""
    rng = np.random.default_rng(seed)
    mask = np.zeros((side, side), np.bool_)
    pitch = side // count
    y, x = np.indices((pitch - 2, pitch - 2)) - (pitch - 2) // 2
    for row in range(count):
        for column in range(count):
            size, flat = rng.uniform(0.3, 1) * radius, rng.uniform(0.4, 1)
            spot = y * y + (x / flat) ** 2 < size * size
            corner = row * pitch + 1, column * pitch + 1
            mask[corner[0] : corner[0] + pitch - 2, corner[1] : corner[1] + pitch - 2] = spot
    return mask


def milliseconds(call: Callable[[], object]) -> str:
    """Medians of a few calls: by the clock, and of the processor alone, which other work on the machine slows less."""
    clock, processor = [], []
    for _ in range(_REPEATS):
        start = perf_counter(), process_time()
        call()
        clock.append((perf_counter() - start[0]) * 1000)
        processor.append((process_time() - start[1]) * 1000)
    return f"{statistics.median(clock):8.0f} ms, processor {statistics.median(processor):6.0f} ms"


def regions() -> None:
    """Print the milliseconds of all measures of 10,000 regions, and scikit-image's for 100 of them."""
    from skimage.measure import label, regionprops

    mask = spots(_SIDE, _REGIONS, 18, 0)
    rng = np.random.default_rng(1)
    score = rng.random(mask.shape, np.float32)
    grey = rng.integers(0, 256, mask.shape, np.uint8)
    rules = RegionParams(mm_per_px=(0.2, 0.25))

    def everything() -> int:
        found = find_defects(mask, rules, score_map=score, grey=grey)
        return len(found.to_dict())

    count = everything()
    print(
        f"{count} regions in {mask.size / 2**20:.0f} x 2**20 pixels, one thread, median of {_REPEATS}:"
    )
    found_only = milliseconds(lambda: find_defects(mask, rules, score_map=score))
    print(f"  found, moments, perimeter, scores  {found_only}")
    print(f"  and diameters, contrasts, as dicts {milliseconds(everything)}")
    names = ("area", "bbox", "centroid", "axis_major_length", "axis_minor_length", "orientation",
             "feret_diameter_max", "perimeter", "intensity_mean", "intensity_max")  # fmt: skip
    start = perf_counter()
    found = regionprops(label(mask, connectivity=2), intensity_image=score)
    for region in found[:100]:
        for name in names:
            getattr(region, name)
    share = (perf_counter() - start) * 1000
    print(f"  scikit-image, the same of 100      {share:8.0f} ms")


def page(path: Path) -> None:
    """Print size and times of a page of 500 noisy images of 1024 x 1024 pixels with 16 defects each."""
    export = PageExport(_IMAGES, {"images": _IMAGES}, {"fastdefect": "benchmark"})
    rng = np.random.default_rng(2)
    start = perf_counter()
    for number in range(_IMAGES):
        mask = spots(1024, 4, 60, number)
        noise = rng.normal(150, 20, (1024, 1024, 1)).clip(0, 255).astype(np.uint8)
        image = np.repeat(noise, 3, axis=2)
        image[mask] //= 2
        export.add(f"roll/frame_{number:04}.png", image, _detection(mask, number))
    made = perf_counter() - start
    export.write(path)
    size, each = path.stat().st_size / 1e6, made / _IMAGES * 1000
    print(f"{_IMAGES} images of 1024 x 1024: {size:.1f} MB, {each:.0f} ms per image to make")
    _browse(path)


def _detection(mask: np.ndarray, number: int) -> Detection:
    score = mask.astype(np.float32) * 3
    rules = RegionParams(mm_per_px=0.2)
    return Detection(
        is_defective=number % 3 > 0,
        score=float(number % 50),
        threshold=10.0,
        mask=mask,
        speed={"total": 1.0},
        makers={
            "score_map": lambda: score,
            "defects": lambda: find_defects(mask, rules, score_map=score),
        },
    )


def _browse(path: Path) -> None:
    try:
        from tests.browser import opened
    except ImportError as error:
        print(f"no times: {error}")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        opened(path.resolve(), Path(folder)) as (tab, complaints),
    ):
        times = []
        for _ in range(_REPEATS):
            start = perf_counter()
            tab.reload()
            assert tab.evaluate("document.documentElement.dataset.ready") == "yes"
            times.append(perf_counter() - start)
        median = statistics.median(times)
        print(f"interactive after {median:.2f} s (median of {_REPEATS}, worst {max(times):.2f} s)")
        for what, action in {
            "sort 8000 defects": "document.querySelectorAll('#defects thead button')[5].click()",
            "open an image": "document.querySelector('.shot-card').click()",
            "scroll to the last image": "viewer.close(); gallery.lastChild.scrollIntoView()",
        }.items():
            spent = tab.evaluate(
                f"() => {{ const t = performance.now(); {action}; document.body.offsetHeight; "
                "return performance.now() - t }"
            )
            print(f"  {what:25}{spent:7.0f} ms")
        print(f"  console: {complaints or 'nothing'}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["regions"]:
        regions()
    elif sys.argv[1:2] == ["page"]:
        page(Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp()) / "report.html")
    else:
        sys.exit(__doc__)
