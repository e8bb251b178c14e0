"""The five networks, each a detector of its own name."""

from __future__ import annotations

from typing import ClassVar

from fastdefect.detectors.learned.layout import Layout
from fastdefect.detectors.learned.model import LearnedDetector


class LenetDetector(LearnedDetector):
    """A classifier of patches of 32 by 32 pixels, slid over the image; learns from good and defective images.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 86(11),
    1998. Parameters, attributes and errors are those of `fastdefect.detectors.learned.model.LearnedDetector`.
    """

    kind: ClassVar[str] = "lenet"
    format: ClassVar[str] = "fastdefect lenet network"
    layout = Layout("lenet", stride=4, reach=28, steps=100, needs_defects=True)


class AutoencoderDetector(LearnedDetector):
    """A network that makes good images through a narrow neck; what it makes wrong is a defect. Learns from good images only.

    Bergmann et al., "Improving unsupervised defect segmentation by applying structural similarity to autoencoders",
    VISAPP 2019. Parameters, attributes and errors are those of `fastdefect.detectors.learned.model.LearnedDetector`.
    """

    kind: ClassVar[str] = "autoencoder"
    format: ClassVar[str] = "fastdefect autoencoder network"
    layout = Layout("autoencoder", stride=16, reach=64, steps=80, needs_defects=False)


class GanDetector(LearnedDetector):
    """The autoencoder against a discriminator, and a second encoder behind it. Learns from good images only.

    Akcay, Atapour-Abarghouei and Breckon, "GANomaly: semi-supervised anomaly detection via adversarial training",
    ACCV 2018. Parameters, attributes and errors are those of `fastdefect.detectors.learned.model.LearnedDetector`.
    """

    kind: ClassVar[str] = "gan"
    format: ClassVar[str] = "fastdefect gan network"
    layout = Layout("gan", stride=16, reach=128, steps=80, needs_defects=False)


class ResnetDetector(LearnedDetector):
    """A residual classifier of images, whose last layer is the map; it finds the image rather than the place.

    He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016. Parameters, attributes and
    errors are those of `fastdefect.detectors.learned.model.LearnedDetector`.
    """

    kind: ClassVar[str] = "resnet"
    format: ClassVar[str] = "fastdefect resnet network"
    layout = Layout("resnet", stride=4, reach=32, steps=100, needs_defects=True)


class FcnDetector(LearnedDetector):
    """A fully convolutional network that says of every pixel whether it is defective; learns from good and defective images.

    Long, Shelhamer and Darrell, "Fully convolutional networks for semantic segmentation", CVPR 2015. Parameters,
    attributes and errors are those of `fastdefect.detectors.learned.model.LearnedDetector`.
    """

    kind: ClassVar[str] = "fcn"
    format: ClassVar[str] = "fastdefect fcn network"
    layout = Layout("fcn", stride=4, reach=20, steps=200, needs_defects=True)
