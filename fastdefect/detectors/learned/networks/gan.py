"""The autoencoder that is trained against a discriminator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from fastdefect.detectors.learned.networks.autoencoder import NECK, decoder, encoder, error
from fastdefect.detectors.learned.networks.network import Network, convolution, enlarged

# Weights of GANomaly: of what is made wrong, of the second neck, of the discriminator's features.
_CONTENT, _NECK, _FEATURES = 50.0, 1.0, 1.0
_STRIDE = 16


class Gan(Network):
    """Encoder, decoder, encoder: what an image is in the neck, and what its reconstruction is there.

    Akcay, Atapour-Abarghouei and Breckon, "GANomaly: semi-supervised anomaly detection via adversarial training",
    ACCV 2018. The discriminator tells images from reconstructions and is left out of the file. The map is the
    autoencoder's error and how far apart both necks are.
    """

    players: ClassVar[int] = 2

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.encode = encoder(channels, NECK)
        self.decode = decoder(channels, NECK)
        self.again = encoder(channels, NECK)
        self.judge = nn.Sequential(
            convolution(channels, 16, 3, 2), convolution(16, 32, 3, 2), convolution(32, 32, 3, 2)
        )
        self.verdict = nn.Conv2d(32, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        given = self.front(image)
        neck = self.encode(given)
        made = self.decode(neck)
        apart = (neck - self.again(made)).abs().mean(1, keepdim=True)
        return error(given, made) + enlarged(apart, _STRIDE)

    def parameters_of(self, player: int) -> Sequence[nn.Parameter]:
        judges = [*self.judge.parameters(), *self.verdict.parameters()]
        if player == 1:
            return judges
        known = {id(each) for each in judges}
        return [each for each in self.parameters() if id(each) not in known]

    def loss(self, player: int, image: Tensor, mask: Tensor, random: torch.Generator) -> Tensor:
        given = self.front(image)
        neck = self.encode(given)
        made = self.decode(neck)
        if player == 1:
            real, false = (self.verdict(self.judge(x)) for x in (given, made.detach()))
            return functional.softplus(-real).mean() + functional.softplus(false).mean()
        content = (given - made).abs().mean()
        necks = ((neck - self.again(made)) ** 2).mean()
        features = ((self.judge(given) - self.judge(made)) ** 2).mean()
        return _CONTENT * content + _NECK * necks + _FEATURES * features
