"""The residual classifier."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from fastdefect.detectors.learned.networks.network import (
    Network,
    convolution,
    enlarged,
    surprise,
)

_STRIDE = 4
# Places of the last layer whose mean says what the image is, as the 20 highest pixels do of a map.
_HIGHEST = 4


class _Block(nn.Module):
    """Two convolutions that are added to what they were given."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs)
        )
        self.past: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.past = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)) + self.past(x))


class Resnet(Network):
    """Residual blocks (16, 24, 32, 32 channels at strides 1, 2, 4, 4), then one number for each place of the last layer.

    He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016. It learns from the label of an
    image alone. Averaged over the image, as there, a speck of 30 pixels would drown; so the highest places stand for
    it, and the map is the last layer's, as in Zhou et al., "Learning deep features for discriminative localization",
    CVPR 2016.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.body = nn.Sequential(
            convolution(channels, 16),
            _Block(16, 24, 2),
            _Block(24, 32, 2),
            _Block(32, 32, 1),
            nn.Conv2d(32, 1, 1),
        )

    def forward(self, image: Tensor) -> Tensor:
        return surprise(enlarged(self.body(self.front(image)), _STRIDE))

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        highest = self.body(self.front(image)).flatten(1).topk(_HIGHEST).values.mean(1)
        return functional.binary_cross_entropy_with_logits(highest, mask.amax((1, 2, 3)))
