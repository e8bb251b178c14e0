"""Six lines: a picture in, its defects out. No training; a model of your own material is better (fastdefect fit)."""

import fastdefect

image = fastdefect.read_image("bench_images/hole_canvas.png")
found = fastdefect.TextureModel.zero_shot()(image)
for defect in found.defects:
    print(found.verdict, defect.bbox, defect.area, defect.peak_score)
