"""What every network shares: how grey levels enter it, and what its training asks of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from fastdefect.detectors.learned.layout import CELL, CELLS

# Added to grey levels before their logarithm is taken, so that noise in the dark stays small; the texture model's value.
_DARK = 8.0
# Beyond so many deviations a defect is one, however dark.
_MOST = 12.0


class Front(nn.Module):
    """Grey levels to numbers that do not depend on the light.

    Logarithms, of colour images their mean over the channels and what blue and red differ from it; of each its mean
    over 60 by 60 pixels is taken off, and the rest is in deviations of good images. A factor of brightness falls out,
    a shading nearly.

    Parameters
    ----------
    channels : int
        1 or 3.
    """

    deviations: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.register_buffer("deviations", torch.ones(1, channels, 1, 1))

    def forward(self, image: Tensor) -> Tensor:
        """(N, C, H, W), grey levels or BGR of 0 ... 255, to as many channels."""
        return (self.residual(image) / self.deviations).clamp(-_MOST, _MOST)

    def residual(self, image: Tensor) -> Tensor:
        """The same before it is divided by the deviations of good images."""
        logs = torch.log(image + _DARK)
        if self.channels == 3:
            mean = logs.mean(1, keepdim=True)
            logs = torch.cat([mean, logs[:, :1] - mean, logs[:, 2:] - mean], 1)
        cells = functional.avg_pool2d(logs, CELL)
        # along rows, then along columns, of what lies in the image
        for window in ((CELLS, 1), (1, CELLS)):
            around = window[0] // 2, window[1] // 2
            cells = functional.avg_pool2d(cells, window, 1, around, count_include_pad=False)
        return logs - enlarged(cells, CELL)


class Network(nn.Module):
    """A network that scores every pixel; base class of all.

    Parameters
    ----------
    channels : int
        1 or 3.

    Attributes
    ----------
    players : int
        Groups of parameters that are trained in turn, each against a loss of its own.
    """

    players: ClassVar[int] = 1

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.front = Front(channels)

    def forward(self, image: Tensor) -> Tensor:
        """Grey levels (N, C, H, W) of 0 ... 255, H and W multiples of the stride, to scores (N, 1, H, W) of at least 0."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its scores are")

    def parameters_of(self, player: int) -> Sequence[nn.Parameter]:
        """What a player may change."""
        return list(self.parameters())

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        """What a player wants small: of grey levels (N, C, H, W) and defects (N, 1, H, W), 1 where one is."""
        raise NotImplementedError(f"{type(self).__name__} does not say what its loss is")


def convolution(inputs: int, outputs: int, side: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution with zeros around, normalised over the batch, rectified."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def surprise(logit: Tensor) -> Tensor:
    """Minus the logarithm of the probability that a place is good: at least 0, and never saturated."""
    return functional.softplus(logit)


def enlarged(image: Tensor, factor: int) -> Tensor:
    """An image at ``factor`` times its size, bilinear."""
    return functional.interpolate(
        image, scale_factor=float(factor), mode="bilinear", align_corners=False
    )


def balanced(logit: Tensor, target: Tensor) -> Tensor:
    """Cross entropy in which the defective places weigh as much as a third of the good ones, however few they are."""
    each = functional.binary_cross_entropy_with_logits(logit, target, reduction="none")
    bad = target.sum()
    good = target.numel() - bad
    share = torch.where(bad > 0, 0.25, 0.0)
    return share * (each * target).sum() / bad.clamp(min=1) + (1 - share) * (
        each * (1 - target)
    ).sum() / good.clamp(min=1)
