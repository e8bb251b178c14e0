"""First steps
===========

An image in, a verdict and its defects out; then a model of your own material in four more lines.

The pictures come from ``bench_images``, the generator of cloth in the repository: endless rolls, each with as many
defects as you ask for.
"""

# %%
# An image is an array of bytes in OpenCV's order of channels, BGR, or a grey one.
# :func:`~fastdefect.read_image` reads a file and refuses what is damaged.
from pathlib import Path

import matplotlib.pyplot as plt

import bench_images
import fastdefect

FOLDER = Path(bench_images.__file__).parent
image = fastdefect.read_image(FOLDER / "hole_canvas.png")
image.shape, image.dtype

# %%
# Without training
# ----------------
# ``zero_shot`` compares each image with itself. It needs no good images, and it
# is the least sure of the texture models.
found = fastdefect.TextureModel.zero_shot()(image)
print(found.verdict)
for defect in found.defects:
    print(defect.bbox, defect.area, round(defect.peak_score, 1))

# %%
# ``overlay`` draws what was found. ``score_map`` says how unlike good material
# each pixel is; its threshold decides what is a defect.
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.5), layout="constrained")
left.imshow(found.overlay(image)[..., ::-1])
left.set(title=f"{found.verdict}, score {found.score:.1f}")
picture = right.imshow(found.score_map, cmap="magma")
right.set(title="anomaly map")
figure.colorbar(picture, ax=right, shrink=0.8)
for axes in (left, right):
    axes.set_axis_off()

# %%
# Trained on good images
# ----------------------
# A model of the material is better. It needs twenty or more images without a
# defect, best from several rolls, sheets or days: ``groups`` says which belong
# together. ``false_alarms`` is the share of good images that you accept to lose.
from bench_images import Defect, Scene, good_pieces, roll

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
model

# %%
# A fresh piece with a stain. In a notebook a result shows itself:
stained = Scene((SIDE, SIDE), cloth, (Defect("stain", 80, 90, 50, 30),)).image()
model(stained)

# %%
# On the command line
# -------------------
# The same in a shell; :doc:`/command_line` has all options. ``--fail-on-defect``
# makes the verdict an exit status.
#
# .. code-block:: sh
#
#    fastdefect fit good_images/ --out cloth.json
#    fastdefect detect new_images/ --model cloth.json --report report.html --csv defects.csv --fail-on-defect
#
# The article's pipeline
# ----------------------
# :func:`~fastdefect.detect` without a model is the article's pipeline: value
# channel, blur, non-local means, Otsu's threshold, dilation, contours. It splits
# every image in two and calls almost each of them defective, so it is a baseline
# and no judge. It is here because it is what people have, and its bytes are
# OpenCV's.
baseline = fastdefect.detect(image, stages=True)
figure, panels = plt.subplots(1, 5, figsize=(11, 2.6), layout="constrained")
panels[0].imshow(image[..., ::-1])
panels[0].set(title="image")
for axes, name in zip(
    panels[1:], ("value", "filtered", "binary", "dilation"), strict=True
):
    axes.imshow(baseline.stages[name], cmap="gray")
    axes.set(title=name)
for axes in panels:
    axes.set_axis_off()
print(baseline.verdict, baseline.otsu_threshold)
