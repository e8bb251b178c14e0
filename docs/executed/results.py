"""Results and scikit-learn's names
================================

What a detector gives back, and how it fits into code that is written for scikit-learn.
"""

# %%
# A :class:`~fastdefect.Detection` is plain data. It knows no plan and no model,
# so it can be pickled, queued and kept.
import pickle

import numpy as np

import fastdefect
from bench_images import Defect, Scene, good_pieces, roll

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
holed = Scene((SIDE, SIDE), cloth, (Defect("hole", 60, 90, 24, 18),)).image()
found = model(holed)
found

# %%
# ``verdict`` is one of three words. A frame that is no picture of the material is
# ``unusable``, never good, and ``notes`` say why; ``is_defective`` stays True for
# it, so that code that asks only this question passes nothing by mistake.
black = np.zeros_like(holed)
for image in (good[0], holed, black):
    result = model(image)
    print(result.verdict, result.is_defective, result.notes)

# %%
# Defects are a table: sort it, filter it, turn it into a data frame, or take one
# row.
print(found.defects.sort("area", reverse=True)[0])
found.defects

# %%
# ``overlay`` draws them on the image, or on the score map where none is given.
import matplotlib.pyplot as plt

figure, panels = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
panels[0].imshow(found.overlay(holed)[..., ::-1])
panels[1].imshow(found.overlay()[..., ::-1])
for axes in panels:
    axes.set_axis_off()

# %%
# Results are equal after a pickle, and ``copy=False`` of a plan lends its arrays
# until the next call.
again = pickle.loads(pickle.dumps(found))
print(again.score == found.score, np.array_equal(again.mask, found.mask))
plan = model.plan((SIDE, SIDE), threads=1)
plan.warmup()
first = plan(holed, copy=False)
plan(good[0], copy=False)
try:
    first.mask.any()
except fastdefect.StaleResultError as error:
    print(error)

# %%
# scikit-learn's names
# --------------------
# ``predict`` gives 1 for defective, 0 for good and -1 for unusable.
#
# ``decision_function`` is the score less the threshold: **above 0 is defective**.
# scikit-learn's own outlier detectors have the other sign, negative for outliers;
# turn one of the two around before you compare them.
#
# ``score(X, y)`` is the area under the curve of receiver operating
# characteristics over images, 1 at best.
images = [good[1], holed, black]
print("predict          ", model.predict(images))
print("decision_function", model.decision_function(images).round(2))
print("score            ", model.score([*good[:4], holed], [0, 0, 0, 0, 1]))

# %%
# ``get_params`` and scikit-learn's ``clone`` work on models that are not trained
# yet.
from sklearn.base import clone

clone(fastdefect.TextureModel(false_alarms=0.05, colour=False)).get_params()

# %%
# Long work tells how far it is: ``fit``, ``calibrate``, ``evaluate``,
# ``fastdefect.large.detect`` and ``write_view`` take ``progress``, a function
# that is called after each step.
steps = []
fastdefect.TextureModel(colour=False).fit(
    good[:12], progress=lambda done, total: steps.append((done, total))
)
steps[0], steps[-1]
