"""The autoencoder."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from fastdefect.detectors.learned.networks.network import Network, convolution, enlarged

# Channels of the neck, each of 16 by 16 pixels: 4 numbers for 256 (grey) or 768 (colour) that enter.
NECK = 4
# Deviations of the noise that an image gets before it enters: of single pixels, and of patches so many pixels wide.
_NOISE = {1: 0.5, 4: 1.0, 16: 1.0}
_SMOOTH = 5
_SIMILAR = 7


def encoder(channels: int, neck: int) -> nn.Sequential:
    """An image to ``neck`` channels at a sixteenth of its size."""
    return nn.Sequential(
        convolution(channels, 16, 5, 2),
        convolution(16, 24, 3, 2),
        convolution(24, 32, 3, 2),
        convolution(32, 32, 3, 2),
        nn.Conv2d(32, neck, 1),
    )


def decoder(channels: int, neck: int) -> nn.Sequential:
    """And back."""
    sides = (32, 32, 24, 16, 16)
    steps = [
        layer
        for inputs, outputs in pairwise(sides)
        for layer in (nn.ConvTranspose2d(inputs, outputs, 2, 2), nn.ReLU())
    ]
    return nn.Sequential(
        convolution(neck, sides[0]), *steps, nn.Conv2d(sides[-1], channels, 3, 1, 1)
    )


def noise(like: Tensor, random: torch.Generator) -> Tensor:
    """Noise of several widths, so that patches are to be left out as single pixels are."""
    height, width = like.shape[2:]
    total = torch.zeros(like.shape)
    for side, deviation in _NOISE.items():
        small = (*like.shape[:2], -(-height // side), -(-width // side))
        drawn = enlarged(torch.randn(small, generator=random), side)
        total += deviation * drawn[:, :, :height, :width]
    return total.to(like.device)


def means(image: Tensor, side: int) -> Tensor:
    """Means over windows, of what lies in the image."""
    return functional.avg_pool2d(image, side, 1, side // 2, count_include_pad=False)


def unlike(one: Tensor, other: Tensor) -> Tensor:
    """1 less the structural similarity of windows of 7 by 7 (Wang et al. 2004), which lies in 0 ... 2, by channel."""
    first, second = means(one, _SIMILAR), means(other, _SIMILAR)
    variance = means(one * one, _SIMILAR) - first * first
    other_variance = means(other * other, _SIMILAR) - second * second
    together = means(one * other, _SIMILAR) - first * second
    # numbers have a deviation of about 1, so its constants are of that size
    likeness = (2 * first * second + 0.1) * (2 * together + 0.5)
    return 1 - likeness / (
        (first * first + second * second + 0.1) * (variance + other_variance + 0.5)
    )


class Autoencoder(Network):
    """Four strided convolutions to a neck of 4 numbers for 16 by 16 pixels, and back; the map is what it makes wrong.

    Bergmann et al., "Improving unsupervised defect segmentation by applying structural similarity to autoencoders",
    VISAPP 2019. Error is the absolute difference and what similarity is missing, both in means over 5 by 5 pixels.
    Noise at the entrance and the narrow neck keep it from learning to copy; where it does all the same, the
    training's synthetic defects stop it.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.encode = encoder(channels, NECK)
        self.decode = decoder(channels, NECK)

    def forward(self, image: Tensor) -> Tensor:
        given = self.front(image)
        return error(given, self.decode(self.encode(given)))

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        given = self.front(image)
        made = self.decode(self.encode(given + noise(given, random)))
        return (given - made).abs().mean() + unlike(given, made).mean()


def error(given: Tensor, made: Tensor) -> Tensor:
    """What an image and its reconstruction differ in, (N, 1, H, W)."""
    differs = means((given - made).abs().mean(1, keepdim=True), _SMOOTH)
    return differs + means(unlike(given, made).mean(1, keepdim=True).clamp(min=0), _SMOOTH)
