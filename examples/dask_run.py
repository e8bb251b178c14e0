"""A roll in chunks on Dask's workers: each task sees a chunk and its neighbours, the result is that of the whole.

    python examples/dask_run.py roll.npy --chunk 2048 --workers 4 --model cloth.model --out roll.zarr

Takes an NPY file, which is mapped and never read whole, or any picture. The certificate names bytes and settings, and does
not depend on chunks or workers: a run on another cluster, or `fastdefect.large.detect` on files, gives the same. Mask and
map are kept with --out (extra ``zarr``). Where a ``distributed.Client`` is made first, `compute()` uses its cluster.
"""

# Dask's own types say that chunks are text, and name no submodule as public
# pyright: basic, reportArgumentType=false, reportPrivateImportUsage=false

from __future__ import annotations

import argparse
from pathlib import Path

import dask
import dask.array
import numpy as np

import fastdefect
import fastdefect.dask

PICTURE = Path(__file__).parents[1] / "bench_images" / "hole_canvas.png"


def chunked(path: Path, chunk: int) -> dask.array.Array:
    """A picture, or a mapped NPY file, in square chunks."""
    whole = np.load(path, mmap_mode="r") if path.suffix == ".npy" else fastdefect.read_image(path)
    return dask.array.from_array(whole, (chunk, chunk, *whole.shape[2:]))


def main() -> None:
    """Run as the command line says."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("image", type=Path, nargs="?", default=PICTURE)
    options.add_argument("--chunk", type=int, default=128, help="height and width in pixels")
    options.add_argument("--workers", type=int, default=2, help="at a time, one thread in each")
    options.add_argument("--scheduler", choices=("processes", "threads"), default="processes")
    options.add_argument("--model", type=Path, help="the article's detector without")
    options.add_argument("--out", type=Path, help="folder of Zarr for mask and map")
    chosen = options.parse_args()
    detector = (
        fastdefect.load_detector(chosen.model) if chosen.model else fastdefect.ArticleDetector()
    )
    array = chunked(chosen.image, chosen.chunk)
    lazy = fastdefect.dask.detect(array, detector)
    with dask.config.set(num_workers=chosen.workers):
        if chosen.out:
            found = lazy.to_zarr(chosen.out, scheduler=chosen.scheduler)
        else:
            found = lazy.compute(scheduler=chosen.scheduler)
    print(f"{array.shape[0]} x {array.shape[1]} pixels in {lazy.mask.npartitions} chunks")
    verdict = "defective" if found.is_defective else "good"
    print(f"{verdict}, {len(found.defects)} defects, score {found.score:.4g}")
    print(f"mask {found.certificate['mask']}")


if __name__ == "__main__":
    main()
