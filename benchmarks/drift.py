"""The drift alarm: how often unchanged material raises it, and how early material that changes does.

    python -m benchmarks.drift [--materials 5] [--windows 20000]

A material is a seed of `bench_images.roll`, its rolls are lots of another dye (`texture_false_alarms.lot`). A model learns
from 12 rolls with 5 windows each; then fresh rolls pass, 200 windows each, and an alarm is reset, so that every one counts.
After that windows change from frame to frame until the model calls one unusable. About four minutes on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from bench_images import Fabric, roll
from benchmarks.texture_false_alarms import FAR, lot
from fastdefect.detectors.calibrating.drift import Drift
from fastdefect.detectors.texture.model import TextureModel

SIDE, ACROSS = 96, 10
ROLLS, CROPS, PASSED = 12, 5, 200
FIRST = 9601  # no setting was chosen on these seeds
MOST = 2000
Change = Callable[[np.ndarray, int], np.ndarray]


def dimmed(image: np.ndarray, frame: int) -> np.ndarray:
    """0.1 % less light with each frame."""
    return np.rint(image * 0.999**frame).astype(np.uint8)


def blurred(image: np.ndarray, frame: int) -> np.ndarray:
    """Out of focus by 0.0005 pixels more with each frame."""
    return cv2.GaussianBlur(image, (0, 0), 0.2 + 0.0005 * frame)


def noisy(image: np.ndarray, frame: int) -> np.ndarray:
    """More gain: noise of 0.005 grey levels more with each frame."""
    noise = np.random.default_rng(frame).normal(0, 0.005 * frame, image.shape)
    return np.rint(image + noise).clip(0, 255).astype(np.uint8)


def redder(image: np.ndarray, frame: int) -> np.ndarray:
    """Another white balance: 0.02 % more red with each frame."""
    return np.rint(image * (1.0, 1.0, 1.0002**frame)).clip(0, 255).astype(np.uint8)


CHANGES: dict[str, Change] = {
    "light, 0.1 % less a frame": dimmed,
    "focus, 0.0005 px a frame": blurred,
    "noise, 0.005 levels a frame": noisy,
    "red, 0.02 % more a frame": redder,
}


def windows(fabric: Fabric, seed: int) -> Iterator[np.ndarray]:
    """Windows from random places of a roll, ten side by side: cut from one strip, which costs a third."""
    random = np.random.default_rng(seed)
    while True:
        y, x = (int(place) for place in random.integers(0, FAR, 2))
        strip = fabric.window(y, x, SIDE, SIDE * ACROSS)
        for column in range(ACROSS):
            yield np.ascontiguousarray(strip[:, column * SIDE : (column + 1) * SIDE])


def learned(seed: int) -> tuple[TextureModel, Drift]:
    """A model of a material, and what its drift is told by."""
    images, groups = [], []
    for number in range(ROLLS):
        source = windows(lot(roll(seed), 10**6 * seed + number), number)
        strips = [window for window, _ in zip(source, range(CROPS * ACROSS), strict=False)]
        images += strips[::ACROSS]  # one of each place
        groups += [number] * CROPS
    model = TextureModel().fit(images, groups, threads=1)
    return model, Drift.learn(images, model.left_out, groups)


def main() -> None:
    """Print alarms of unchanged material, and the frames at which changes are told."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--materials", type=int, default=5)
    parser.add_argument("--windows", type=int, default=20_000)
    options = parser.parse_args()
    each = options.windows // options.materials
    total = alarms = 0
    print(f"{'':28}{'windows':>9}{'passed':>9}{'alarms':>9}")
    made = []
    for seed in range(FIRST, FIRST + options.materials):
        model, drift = learned(seed)
        made.append((seed, model, drift))
        plan, found = model.plan((SIDE, SIDE), threads=1), 0
        for number in range(each // PASSED):
            source = windows(lot(roll(seed), 10**6 * seed + 10**5 + number), number)
            for window, _ in zip(source, range(PASSED), strict=False):
                if drift.take(window, plan(window)) is not None:
                    found += 1
                    drift.reset()
        print(f"{f'material {seed}':28}{each:9}{drift.test.frames:9}{found:9}", flush=True)
        total, alarms = total + each, alarms + found
    print(f"{'all':28}{total:9}{'':9}{alarms:9}\n")
    print(
        f"{'frame of the alarm / of the first unusable one':48}"
        + "".join(f"{seed:>16}" for seed, *_ in made)
    )
    for name, change in CHANGES.items():
        cells = [_told(model, drift, seed, change) for seed, model, drift in made]
        print(f"{name:48}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def _told(model: TextureModel, drift: Drift, seed: int, change: Change) -> str:
    """Frames at which a change is told and at which the first frame is unusable."""
    drift.reset()
    plan = model.plan((SIDE, SIDE), threads=1)
    source = windows(lot(roll(seed), 10**6 * seed + 2 * 10**5), 0)
    told, unusable = None, None
    for frame in range(1, MOST + 1):
        plain = next(source)
        image = change(plain, frame)
        found = plan(image)
        # one in a thousand is unusable as it is
        if found.is_unusable and not plan(plain).is_unusable:
            unusable = frame
            break
        if drift.take(image, found) is not None and told is None:
            told = frame
    return f"{told or '–'} / {unusable or '–'}"


if __name__ == "__main__":
    main()
