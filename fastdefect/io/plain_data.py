"""Values as JSON has them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Return a value as plain data, ready for `json.dumps` with ``allow_nan=False``.

    Parameters
    ----------
    value : object
        Numbers, texts, None, and mappings, lists, tuples and arrays of such, nested.

    Returns
    -------
    object
        Python's own numbers, dicts and lists; a number that is not finite becomes None.

    Examples
    --------
    >>> import numpy as np
    >>> plain({"area": np.int64(3), "contrast": float("nan")})
    {'area': 3, 'contrast': None}
    """
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (np.generic, np.ndarray)):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
