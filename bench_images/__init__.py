"""Woven, striped, checked and printed fabric with known defects: seeded, endless, any window on request.

>>> from bench_images import Defect, Scene, roll
>>> crop = roll(7).window(10**9, 10**9, 128, 128)
>>> scene = Scene((512, 512), roll(7), (Defect("hole", 200, 300, 40, 25, contrast=0.8),))
>>> image, mask = scene.image(), scene.mask()

The images of `manifest.json` are committed beside it; `render` makes them again.
"""

from bench_images.catalogue import large, render, scene
from bench_images.defects import KINDS, Defect
from bench_images.fabric import Fabric
from bench_images.motifs import MOTIFS
from bench_images.prints import Print
from bench_images.rolls import PATTERNS, flaw, flawed, good_pieces, roll
from bench_images.scene import Scene
from bench_images.weave import WEAVES

__all__ = [
    "KINDS",
    "MOTIFS",
    "PATTERNS",
    "WEAVES",
    "Defect",
    "Fabric",
    "Print",
    "Scene",
    "flaw",
    "flawed",
    "good_pieces",
    "large",
    "render",
    "roll",
    "scene",
]
