"""A detector of another package: dark spots, held against the darkest good pixel."""

import json
from pathlib import Path

import numpy as np

from fastdefect import read_image
from fastdefect.detectors.score_map import ScoreMapDetector


class SpotDetector(ScoreMapDetector):
    kind, format = "spots", "spots 1"

    def __init__(self, false_alarms=0.01, threshold=200.0):
        self.false_alarms, self.threshold = false_alarms, threshold

    def plan_map(self, context):
        def step(image, outside, score_map):
            np.subtract(255, image if image.ndim == 2 else image.min(axis=2), out=score_map)
            return float(score_map.max() if outside is None else score_map[~outside].max())

        return step

    def fit(self, images, groups=None, ignore=None, *, threads=None, progress=None):
        return SpotDetector(self.false_alarms, max(255.0 - read_image(p).min() for p in images))

    def save(self, path):
        Path(path).write_text(json.dumps({"format": self.format, "threshold": self.threshold}))

    @classmethod
    def load(cls, path):
        return cls(threshold=json.loads(Path(path).read_text())["threshold"])
