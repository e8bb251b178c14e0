"""Areas: polygons, masks, the mirror
==================================

What is inspected of an image. What lies outside never counts, and it changes nothing inside.
"""

# %%
# ``roi`` is what is inspected, ``ignore`` is left out of it. Both are polygons, a
# mask of booleans, or the name of a JSON file or a mask image. A polygon is a
# list of corners (x, y) in pixels from the upper left corner.
import matplotlib.pyplot as plt
import numpy as np

import fastdefect
from bench_images import Defect, Scene, good_pieces, roll

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
holes = (Defect("hole", 45, 40, 20, 16), Defect("hole", 110, 120, 20, 16, seed=1))
image = Scene((SIDE, SIDE), cloth, holes).image()

triangle = [[0, 0], [110, 0], [0, 110]]
upper = [[0, 0], [160, 0], [160, 90], [0, 90]]
shown = {
    "everything": {},
    "ignore a triangle": {"ignore": [triangle]},
    "roi: the upper part": {"roi": [upper]},
}
figure, panels = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained")
for axes, (title, area) in zip(panels, shown.items(), strict=True):
    found = model(image, **area)
    axes.imshow(found.overlay(image)[..., ::-1])
    axes.set(title=f"{title}: {len(found.defects)} found")
    axes.set_axis_off()

# %%
# Train with the area that you inspect
# ------------------------------------
# ``fit`` takes ``ignore`` too. Along a curved edge mirrored texture is not quite
# texture, and narrow parts say less about their background. A model that was trained
# with the same area knows that; one that was not gives more false alarms.
y, x = np.indices((SIDE, SIDE))
disc = (y - 110) ** 2 + (x - 120) ** 2 < 30**2
trained = fastdefect.TextureModel(false_alarms=0.02).fit(
    good, groups=groups, ignore=disc
)
fresh = [cloth.window(90000, 900 * k, SIDE, SIDE) for k in range(30)]
for name, one in {"without": model, "with": trained}.items():
    alarms = sum(one(each, ignore=disc).is_defective for each in fresh)
    print(f"trained {name} the area: {alarms} of {len(fresh)} good images alarm")

# %%
# Nothing outside changes anything inside
# ---------------------------------------
# Filters look at neighbours, and a score may be a statistic of the whole image.
# So the detectors see the inside mirrored in place of what lies beyond, as OpenCV
# mirrors at the edge of an image, and statistics skip it. Paint the outside in
# any way: every score inside is the same to the last bit.
painted = image.copy()
painted[disc] = np.random.default_rng(0).integers(0, 256, (int(disc.sum()), 3))
one, other = trained(image, ignore=disc), trained(painted, ignore=disc)
print(
    one.score == other.score,
    np.array_equal(one.score_map[~disc], other.score_map[~disc]),
)

# %%
# What a wrong area says
# ----------------------
# The message names the argument, what was expected, what came and what to do.
for wrong in (
    [[[0, 0], [50, 0]]],
    [[[0, 0], [500, 0], [0, 50]]],
    np.ones((9, 9), bool),
    np.zeros((SIDE, SIDE), bool),
):
    try:
        model(image, roi=wrong)
    except fastdefect.ArgumentValueError as error:
        print(error)

# %%
# In a loop a plan keeps the area, so it is worked out once. Each call of a model
# with an area works it out anew.
plan = trained.plan((SIDE, SIDE), ignore=disc, threads=1)
plan(image).score == one.score

# %%
# In millimetres
# --------------
# ``regions`` say how pixels become defects: the scale, the least size, how far
# apart two parts of one defect may lie.
rules = fastdefect.RegionParams(
    mm_per_px=(0.2, 0.25), merge_distance=4, min_area=10
)
for defect in (
    model(image, regions=rules)
    .defects.filter(area_mm2=0.5)
    .sort("area_mm2", reverse=True)
):
    print(
        defect.bbox_mm,
        round(defect.feret_diameter_max_mm, 2),
        round(defect.contrast, 1),
        defect.severity,
    )

# %%
# On the command line the same areas are files: ``--roi area.json``, ``--ignore
# mask.png``; the scale is ``--mm-per-px 0.25``.
