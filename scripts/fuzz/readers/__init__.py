"""What is fuzzed: a line for each reader; the folder takes what is needed to make good files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from reader import Reader

from readers import approvals, areas, configuration, drifts, images, kernels, models, networks

READERS: dict[str, Callable[[Path], Reader]] = {
    "images": images.make,
    "models": models.make,
    "networks": networks.make,
    "approvals": approvals.make,
    "drifts": drifts.make,
    "areas": areas.make,
    "configuration": configuration.make,
    "kernel cache": kernels.make,
}

warnings.simplefilter("ignore")
