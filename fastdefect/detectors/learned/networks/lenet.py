"""The patch classifier."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from fastdefect.detectors.learned.networks.network import (
    Network,
    balanced,
    convolution,
    enlarged,
    surprise,
)

_STRIDE = 4


class Lenet(Network):
    """Two convolutions of 5 by 5 with pooling, then three layers that see a patch of 32 by 32 whole.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86(11),
    1998. Its fully connected layers are convolutions here, so that all patches of an image, 4 pixels apart, are
    classified at once: the same numbers as patch by patch, at a fraction of the work.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.features = nn.Sequential(
            convolution(channels, 12, 5), nn.MaxPool2d(2), convolution(12, 24, 5), nn.MaxPool2d(2)
        )
        self.classifier = nn.Sequential(
            convolution(24, 64, 5), convolution(64, 32, 1), nn.Conv2d(32, 1, 1)
        )

    def forward(self, image: Tensor) -> Tensor:
        return surprise(enlarged(self._logits(image), _STRIDE))

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        # a patch is defective where its middle is
        return balanced(self._logits(image), functional.max_pool2d(mask, _STRIDE))

    def _logits(self, image: Tensor) -> Tensor:
        return self.classifier(self.features(self.front(image)))
