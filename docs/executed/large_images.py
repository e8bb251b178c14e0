"""Huge images and Dask
====================

Images that memory does not hold are inspected in tiles. No tile shows: mask, map, verdict and table of defects are those
of the whole image, byte for byte.
"""

# %%
# An image of 480 × 360 pixels stands for one of gigapixels here, so that the
# whole can be compared. It lies in an NPY file; TIFF, BigTIFF and Zarr arrays are
# read the same way. The model is calibrated at the size that is inspected, as
# always: among more pixels of good cloth the highest score is higher.
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import fastdefect
from bench_images import Defect, Scene, roll
from fastdefect import large

cloth = roll(4)
flaws = (
    Defect("hole", 100, 90, 40, 25),
    Defect("stain", 350, 200, 60, 40),
    Defect("blob", 220, 290, 30, 30),
)
SHAPE = (480, 360)
image = Scene(SHAPE, cloth, flaws).image()
place = tempfile.TemporaryDirectory()
folder = Path(place.name)
np.save(folder / "roll.npy", image)

good = [
    cloth.window(5000 * part, 900 * k, *SHAPE)
    for part in range(8)
    for k in range(3)
]
groups = np.repeat(np.arange(8), 3)
model = fastdefect.TextureModel(false_alarms=0.02, colour=False).fit(
    good, groups=groups
)
rules = fastdefect.RegionParams(merge_distance=16, min_area=50)
found = large.detect(
    folder / "roll.npy",
    model,
    out=folder / "result",
    memory="300MB",
    regions=rules,
)
print(found.verdict, found.score, found.threshold)

# %%
# ``mask`` and ``score_map`` are files: tiled BigTIFF without compression.
import tifffile

whole = model(image, regions=rules)
mask, score_map = tifffile.imread(found.mask), tifffile.imread(found.score_map)
print(
    np.array_equal(mask > 0, whole.mask > 0),
    np.array_equal(score_map, whole.score_map),
)
print(
    [defect.bbox for defect in found.defects]
    == [defect.bbox for defect in whole.defects]
)
figure, (left, right) = plt.subplots(1, 2, figsize=(7, 5), layout="constrained")
left.imshow(whole.overlay(image)[..., ::-1])
left.set(title=found.verdict)
right.imshow(score_map, cmap="magma", vmax=5 * found.threshold)
right.set(title="anomaly map, from the files")
for axes in (left, right):
    axes.set_axis_off()

# %%
# A certificate
# -------------
# The result holds SHA-256s of the mask, the map, the table, the input and the
# settings. They do not depend on tiles, threads or kills; ``fastdefect verify``
# checks them. A run that was killed goes on where it was.
print("faults:", found.faults())
for key, value in found.certificate.items():
    print(f"{key:12}", str(value)[:64])

# %%
# Dask
# ----
# The same for an array of Dask, lazily, on any scheduler, with the same
# certificate. Chunks are cut inside the tasks.
# ``examples/dask_run.py`` inspects a roll on Dask's workers.
import dask.array

import fastdefect.dask

chunked = dask.array.from_array(image, chunks=(256, 256, 3))
lazy = fastdefect.dask.detect(chunked, model, regions=rules)
inspected = lazy.compute(scheduler="sync")
print(lazy.mask.chunks)
print(
    inspected.is_defective,
    len(inspected.defects),
    inspected.certificate == found.certificate,
)
print("the same mask:", np.array_equal(lazy.mask.compute(scheduler="sync"), mask))

# %%
# A page that zooms
# -----------------
# ``fastdefect view RESULT IMAGE`` makes a page that zooms from the whole to the
# pixel and needs no network.
#
# .. code-block:: sh
#
#    fastdefect detect roll.tif --model cloth.json --out out --memory 512MB
#    fastdefect verify out/roll_result
#    fastdefect view out/roll_result roll.tif
#
# What tiles and Dask cost is measured: :doc:`/figures/large`,
# :doc:`/figures/chunks`.
