"""Non-local means of a grey image."""

from __future__ import annotations

from fastdefect.operations.operation import Benchmark, Input, Operation, Parameter, Setting

H = Parameter("h", "number", 0, None, 3)
TEMPLATE_WINDOW = Parameter("template_window", "integer", 1, 99, 7)
SEARCH_WINDOW = Parameter("search_window", "integer", 1, 99, 21)


def _halo(h: float, template_window: int, search_window: int) -> int:
    return template_window // 2 + search_window // 2


def _operations(h: float, template_window: int, search_window: int) -> float:
    """Each pair of offsets once: difference, square, four additions of sliding sums, look-up; three per offset."""
    offsets = (2 * (search_window // 2) + 1) ** 2
    return 7 * (offsets // 2) + 3 * offsets + 3


NL_MEANS = Operation(
    name="nl_means",
    family="nl_means",
    summary="Denoise a grey image by non-local means (Buades, Coll and Morel, 2005).",
    equals="cv2.fastNlMeansDenoising(src, None, h, template_window, search_window)",
    inputs=(Input("src"),),
    parameters=(H, TEMPLATE_WINDOW, SEARCH_WINDOW),
    halo=_halo,
    # h = 33.3 tells single from double precision, h = 0 needs 0/0 as weight 1
    cases=tuple(
        Setting(plan)
        for plan in (
            (10.0, 7, 22), (3.0, 7, 21), (0.0, 7, 21), (33.3, 7, 21), (20.0, 5, 15), (5.0, 3, 11), (100.0, 9, 21),
            (10.0, 1, 1), (4.5, 2, 8),
        )
    ),
    max_pixels=20_000,
    # OpenCV takes 0.84 s per megapixel and core; beyond 4 Mpx a table would take minutes per row
    benchmarks=(Benchmark("nl_means", "blurred", max_pixels=5_000_000),),
    bytes_per_pixel=2,
    operations_per_pixel=_operations,
)  # fmt: skip

OPERATIONS = (NL_MEANS,)
