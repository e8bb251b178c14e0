"""False alarms explained
======================

``false_alarms=0.02`` asks for a threshold that 2 of 100 good images exceed. This page shows where such a threshold comes
from, how sure it is, and what it does not promise.
"""

# %%
# Scores of good images
# ---------------------
# Each good image gets a score from a model that has not seen its group. These
# scores are what the threshold is made of.
import matplotlib.pyplot as plt
import numpy as np

import fastdefect
from bench_images import Scene, flaw, good_pieces, roll

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
left_out = fastdefect.calibrate(model, good, groups, false_alarms=0.02)
calibration = left_out.calibration
print(calibration.images, "images in", calibration.groups, "groups")
print(
    "threshold",
    round(calibration.threshold, 3),
    "interval",
    np.round(calibration.interval, 3),
)

# %%
# A rate of 2 % is one image of fifty, and there are fewer. So a distribution of
# extreme values is fitted to the logarithms of the scores, and the threshold is
# where 2 % of it lie beyond. What the test for unusable frames takes of the rate
# is kept back, so that score and test together stay within it.
#
# The interval says where 90 % of thresholds would fall if groups and images were
# drawn again. It is wide with few groups.
kinds = (
    "hole",
    "stain",
    "hair",
    "slub",
    "misweave",
    "colour spot",
    "blob",
    "smoothed",
)
flawed = [
    Scene((SIDE, SIDE), cloth, (flaw(kind, 3, (SIDE, SIDE)),)).image()
    for kind in kinds
]
scores = [model(image).score for image in flawed]

figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
axes.axvspan(
    *calibration.interval,
    color="tab:orange",
    alpha=0.25,
    label="interval of the threshold",
)
axes.axvline(calibration.threshold, color="tab:red", label="threshold")
axes.plot(
    left_out.scores, groups, "o", color="tab:blue", label="good, its group left out"
)
axes.plot(
    scores, np.full(len(scores), -1.5), "x", color="black", label="with a defect"
)
for score, kind in zip(scores, kinds, strict=True):
    axes.annotate(
        kind,
        (score, -1.5),
        (0, -6),
        textcoords="offset points",
        rotation=60,
        ha="right",
        va="top",
        fontsize=8,
    )
axes.set(
    xscale="log",
    xlabel="score of the image",
    ylabel="group",
    ylim=(-5.5, 8),
    yticks=range(8),
)
_ = axes.legend(loc="upper right")

# %%
# What lies left of the red line passes. A defect there is missed, and no
# threshold finds it without losing good images: that is what the next curve
# shows.
rates = np.geomspace(0.002, 0.2, 25)
limits = [calibration.tail.level(rate) for rate in rates]
found = [np.mean(np.array(scores) > limit) for limit in limits]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
left.plot(rates, limits)
left.set(xscale="log", xlabel="wanted rate of false alarms", ylabel="threshold")
right.plot(rates, found)
right.set(
    xscale="log",
    ylim=(0, 1.05),
    xlabel="wanted rate of false alarms",
    ylabel="share of these defects found",
)
_ = (left.grid(alpha=0.3), right.grid(alpha=0.3))

# %%
# What the rate does not promise
# ------------------------------
# * It holds for material like that of the groups. A roll of another kind, another light or another camera is another
#   material; the model says ``unusable`` where it looks foreign, and the drift alarm tells of slow changes.
# * It is a rate of images, not of pixels or metres. The score depends on the image's size: calibrate at
#   the size that you inspect.
# * Scores of images that a detector was trained on are too low. Where a detector cannot be trained anew, give ``calibrate``
#   images that it has not seen.
# * Few groups make it uncertain, and the interval cannot know of a kind of roll that was never seen.
#
# What came of named rates on rolls that no model had seen is measured in
# :doc:`/figures/texture`, under *False alarms on unseen rolls*, with the misses.
fresh = [cloth.window(200000 + 3000 * k, 999, SIDE, SIDE) for k in range(60)]
alarms = sum(model(image).is_defective for image in fresh)
print(f"{alarms} of {len(fresh)} fresh good images are not called good")
