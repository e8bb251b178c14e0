"""Fitting, calibrating, proving, watching
=======================================

From a folder of good images to a model in use: train it, give it a threshold, prove that what runs is what was approved,
and hear when the material drifts away.
"""

# %%
# Train
# -----
# Good images only. ``groups`` names the roll, sheet or day of each image: the
# threshold is taken from images whose whole group the model has not seen, for
# crops of one roll say little about the next.
import tempfile
from pathlib import Path

import fastdefect
from bench_images import Defect, Scene, good_pieces, roll

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
print(model)

# %%
# Images that do not belong
# -------------------------
# A defective image among the good ones would lift the threshold. It is named, and
# refused where the threshold would be its alone.
spoiled = Scene((SIDE, SIDE), cloth, (Defect("hole", 80, 80, 40, 40),)).image()
try:
    fastdefect.TextureModel(false_alarms=0.02).fit(
        [*good[:23], spoiled], groups=groups[:24]
    )
except fastdefect.OddImagesError as error:
    print(error)
    print("places:", error.images)

# %%
# Keep it
# -------
# A model is one file of JSON with a digest: one flipped bit is an error and not
# another model. Nothing in it is executed.
place = tempfile.TemporaryDirectory()
folder = Path(place.name)
model.save(folder / "cloth.json")
again = fastdefect.load_detector(folder / "cloth.json")
print(
    again.threshold == model.threshold,
    (folder / "cloth.json").stat().st_size,
    "bytes",
)

text = (folder / "cloth.json").read_text()
(folder / "broken.json").write_text(text.replace("7", "8", 1))
try:
    fastdefect.load_detector(folder / "broken.json")
except fastdefect.ModelFileError as error:
    print(str(error).replace(str(folder), "..."))

# %%
# Another threshold
# -----------------
# A trained model refuses changes; ``with_threshold`` returns a copy.
# :func:`~fastdefect.calibrate` sets the threshold of any detector at a rate, of a
# network or of one of your own too: it trains anew with groups left out where the
# detector learns from good images, and says where it cannot.
print(model.with_threshold(2.0).threshold)
zero_shot = fastdefect.TextureModel.zero_shot()
found = fastdefect.calibrate(zero_shot, good, groups, false_alarms=0.02)
print(
    found.calibration.threshold,
    "of",
    zero_shot.threshold,
    "trained anew:",
    found.refitted,
)

# %%
# Judge it
# --------
# With images of both kinds, a folder for each as in the MVTec data sets,
# :func:`~fastdefect.evaluation.evaluate` counts.
from fastdefect.evaluation import evaluate, labelled_samples

flaws = [
    Scene(
        (SIDE, SIDE), cloth, (Defect(kind, 80, 60 + 10 * seed, 24, 16, seed=seed),)
    ).image()
    for seed, kind in enumerate(("hole", "stain", "blob", "colour spot"))
]
fresh = [cloth.window(90000, 900 * k, SIDE, SIDE) for k in range(4)]
for kind, images in (("good", fresh), ("flawed", flaws)):
    (folder / "test" / kind).mkdir(parents=True)
    for number, image in enumerate(images):
        fastdefect.write_image(folder / "test" / kind / f"{number}.png", image)
judged = evaluate(model, labelled_samples(folder))
print("found", judged.recall, "false alarms", judged.false_positives)

import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(8, 2.2), layout="constrained")
for kind, colour in (("good", "tab:blue"), ("flawed", "tab:red")):
    scores = [one.score for one in judged.images if one.kind == kind]
    axes.plot(scores, [kind] * len(scores), "o", color=colour)
axes.axvline(model.threshold, color="black", label="threshold")
axes.set(xscale="log", xlabel="score of the image", ylim=(-0.6, 1.6))
_ = axes.legend(loc="center right")

# %%
# Prove it, watch it
# ------------------
# ``fastdefect fit --approve`` keeps digests of scores and maps of a set of
# images; ``fastdefect validate`` holds today's against them: on this machine,
# with these versions. ``--drift`` keeps what good images are like, and ``detect
# --drift`` says once when frames that pass leave it.
#
# .. code-block:: sh
#
#    fastdefect fit good_images/ --out cloth.json --approve cloth.approval --drift cloth.drift
#    fastdefect validate cloth.json --against cloth.approval --images good_images/
#    fastdefect detect next_shift/ --model cloth.json --drift cloth.drift
#
# In Python the alarm is :class:`fastdefect.detectors.Drift`. What it misses and
# when it comes is measured in :doc:`/figures/detectors`.
