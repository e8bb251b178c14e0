"""Declarations of operations: plain data."""

from types import SimpleNamespace as _N

OPERATIONS = {
    "value_blur": _N(
        halo=lambda k: max(k) // 2, bytes_per_pixel=4, operations_per_pixel=lambda k: 8
    ),
    "nl_means": _N(
        halo=lambda h, t, s: t // 2 + s // 2,
        bytes_per_pixel=2,
        operations_per_pixel=lambda h, t, s: 4000,
    ),
    "otsu_threshold": _N(halo=None, bytes_per_pixel=1, operations_per_pixel=lambda: 1),
    "defect_mask": _N(
        halo=lambda k: max(k) // 2, bytes_per_pixel=2, operations_per_pixel=lambda k: 2 + sum(k)
    ),
}
