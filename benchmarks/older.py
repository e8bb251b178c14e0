"""Tables of figures that stay under an old commit, and why."""

from __future__ import annotations

from collections.abc import Mapping

_SAME_NUMBERS = (
    "the loops over a frame's rows are written in another way and give the same numbers (tests/kernels/test_domain.py; on "
    "1,808 photographs too), and a check of arguments moved"
)
_SAME_LOOPS = (
    "the loops are the same; what is new is when Numba is imported, that implementations of words are linked into their "
    "callers, and that kept kernels are read where they cannot be written too"
)
# (file, part): why. A part that is measured again leaves the list.
OLDER: Mapping[tuple[str, str], str] = {
    **{("results.json", path): _SAME_LOOPS for path in ("avx512", "avx2", "portable")},
    **{("nl_means.json", path): _SAME_LOOPS for path in ("avx512", "avx2", "portable")},
    ("pattern.json", "speed"): _SAME_LOOPS,
    **{
        ("texture.json", part): _SAME_NUMBERS
        for part in ("paper", "false_alarms", "zero_shot", "defects", "domain")
    },
    **{("pattern.json", part): _SAME_NUMBERS for part in ("rolls", "joined", "advice")},
    **{("detectors.json", part): _SAME_NUMBERS for part in ("paper", "rolls", "choice", "drift")},
}
