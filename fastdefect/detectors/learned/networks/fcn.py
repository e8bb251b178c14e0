"""The fully convolutional network."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from fastdefect.detectors.learned.networks.network import (
    Network,
    balanced,
    convolution,
    surprise,
)


class Fcn(Network):
    """An encoder of three scales, transposed convolutions back to full size, and the encoder's layers beside them.

    Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", CVPR 2015; skip connections as
    Ronneberger, Fischer and Brox, "U-Net", MICCAI 2015. The loss is cross entropy balanced between defective and good
    pixels and Sudre's generalised Dice overlap, because some 2 % of the pixels are defective.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.whole = nn.Sequential(convolution(channels, 16), convolution(16, 16))
        self.halved = nn.Sequential(convolution(16, 24, 3, 2), convolution(24, 24))
        self.quartered = nn.Sequential(convolution(24, 32, 3, 2), convolution(32, 32))
        self.to_halved = nn.ConvTranspose2d(32, 24, 2, 2)
        self.at_halved = convolution(48, 24)
        self.to_whole = nn.ConvTranspose2d(24, 16, 2, 2)
        self.at_whole = convolution(32, 16)
        self.last = nn.Conv2d(16, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        return surprise(self._logits(image))

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        logits = self._logits(image)
        chance = torch.sigmoid(logits)
        overlap = (2 * (chance * mask).sum() + 1) / (chance.sum() + mask.sum() + 1)
        return balanced(logits, mask) + 1 - overlap

    def _logits(self, image: Tensor) -> Tensor:
        full = self.whole(self.front(image))
        half = self.halved(full)
        up = self.at_halved(torch.cat([self.to_halved(self.quartered(half)), half], 1))
        return self.last(self.at_whole(torch.cat([self.to_whole(up), full], 1)))
