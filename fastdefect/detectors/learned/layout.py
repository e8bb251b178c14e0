"""What is known of each network without PyTorch: where it is, its stride, how far it looks, how long it learns."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from fastdefect.detectors.onnx.recipe import Recipe

# What is taken off the logarithms is their mean over 60 by 60 pixels (63 to 95 suit paper, 31 does not, as the texture model
# found), found on cells of 4 by 4 and made smooth again: over single pixels it would be most of a small network's time.
CELL, CELLS = 4, 15
_BACKGROUND = CELL * (CELLS // 2 + 2)
# Name of the one output.
MAP = "score_map"


@dataclass(frozen=True)
class Layout:
    """A network and its training, as far as they are fixed.

    Attributes
    ----------
    name : str
        Its module in `fastdefect.detectors.learned.networks`, and its class there with a capital letter.
    stride : int
        Pixels between neighbours of its coarsest layer: images are made multiples of it, tiles start at them.
    reach : int
        Rows and columns around a pixel that its score depends on, without the background.
    steps : int
        How long it learns by default.
    needs_defects : bool
        Whether it learns from defective images with masks, besides good ones.
    """

    name: str
    stride: int
    reach: int
    steps: int
    needs_defects: bool

    def recipe(self, channels: int) -> Recipe:
        """What is done before and after it: nothing, for it takes grey levels; and how far it looks, for tiles."""
        least = self.reach + _BACKGROUND
        halo = -(-least // self.stride) * self.stride
        colour = "bgr" if channels == 3 else "grey"
        return Recipe(map=MAP, colour=colour, stride=self.stride, halo=halo)

    def make(self, channels: int) -> Any:
        """The network, untrained; imports PyTorch."""
        module = import_module(f"fastdefect.detectors.learned.networks.{self.name}")
        return getattr(module, self.name.capitalize())(channels)
