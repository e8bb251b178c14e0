"""A private cache of compiled kernels, and the places of the images that tests read."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"

os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache" / "kernels"))

# A first call compiles a kernel, which takes seconds: no deadline.
settings.register_profile("fastdefect", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("fastdefect")


def shared_images(*folders: str) -> list[Path]:
    """Photographs below the folder of shared data; empty where it is absent."""
    found = [path for folder in folders for path in sorted((DATA / folder).glob("*"))]
    return [path for path in found if path.suffix in {".png", ".jpg"}]


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> int:
    """Numbers of threads that results must not depend on."""
    return int(request.param)
