"""Any network in an ONNX file, behind the call of every detector."""

from __future__ import annotations

import os
from typing import Any, ClassVar, Self

from fastdefect.backends.table import Step
from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.onnx import file
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.onnx.session import check_provider
from fastdefect.detectors.onnx.step import TOP, NetworkStep
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.detectors.stage import Context

# Where nobody says how far a network looks, it is taken to see everything up to here.
_FAR = 4096


class OnnxDetector(ScoreMapDetector):
    """A network that was trained elsewhere, or by this package, with what is done before and after it written down.

    Parameters
    ----------
    network : bytes
        An ONNX file of one input, an image, whose weights lie in it.
    recipe : Recipe
        What is done before and after, see `fastdefect.detectors.onnx.recipe.Recipe`.
    threshold : float
        An image is defective when its score is above it.

    Attributes
    ----------
    threshold, mask_threshold, domain
        As for `fastdefect.detectors.ScoreMapDetector`.
    calibration : Calibration or None
        Where the threshold comes from; None where it is only what the file says.
    provider : str
        What runs the network: ``"cpu"`` or ``"openvino"``.

    Notes
    -----
    ONNX Runtime (extra ``onnx``) runs it, on as many threads as the plan has, which sleep between
    calls. The plan fixes the buffers that the network reads and writes. Large images are cut into tiles where the
    recipe says how far the network looks; their map is that of the whole image within rounding.

    Scores and maps below 0 count as 0. With an inspected area what lies outside is overwritten by its mirror image;
    the map is 0 there, and a score of the network's own is that of the image so changed.

    A file is a program of arithmetic for ONNX Runtime, which reads it natively: take files from where you would take
    programs.

    Examples
    --------
    A network of another program, with ``darkness.toml`` beside it:

    >>> import fastdefect
    >>> detector = fastdefect.OnnxDetector.load("bench_images/darkness.onnx")
    >>> found = detector(fastdefect.read_image("bench_images/hole_canvas.png"))
    >>> found.is_defective, found.score > found.threshold
    (True, True)

    In one file from now on, with another threshold:

    >>> detector.with_threshold(180.0).save("dark.onnx")
    >>> fastdefect.load_detector("dark.onnx").threshold
    180.0
    >>> fastdefect.OnnxDetector(detector.network, detector.recipe, 200.0).with_provider("cpu").provider
    'cpu'

    What a plan asks of it, and what then runs:

    >>> from fastdefect.detectors import Context
    >>> from fastdefect.tiling.workers import Workers
    >>> str(detector.plan_map(Context((16, 20), Workers(1), backend=None, inside=None)).path)
    'cpu, 20 x 16'
    """

    kind: ClassVar[str] = "onnx"
    format: ClassVar[str] = file.FORMAT
    # of the map's 0.9995 quantile: another number of threads, another processor or runtime adds up in another order
    tolerance = 1e-3

    def __init__(self, network: bytes, recipe: Recipe, threshold: float) -> None:
        self._take(file.Content(network, recipe, threshold))

    def _take(self, content: file.Content) -> Self:
        """Set everything that a file holds, once."""
        self.network, self.recipe = content.network, content.recipe
        self.channels = content.recipe.channels
        self.reach = _FAR if content.recipe.halo is None else content.recipe.halo
        self.settings: dict[str, Any] = content.settings
        self.calibration: Calibration | None = content.calibration
        self.domain: Domain | None = content.domain
        self.threshold, self._mask_threshold = content.threshold, content.mask_threshold
        self.provider = "cpu"
        return self._freeze_attributes()

    @property
    def highest(self) -> int:
        recipe = self.recipe
        # one that sees the whole, resized or not, or scores it itself, cannot be asked part by part
        whole = recipe.halo is None or recipe.size is not None or recipe.score is not None
        return 0 if whole else TOP

    @property
    def grid(self) -> int:
        return self.recipe.stride

    def with_provider(self, provider: str) -> Self:
        """Return a copy that is run by something else.

        Parameters
        ----------
        provider : {"cpu", "openvino"}
            The second where the package onnxruntime-openvino is installed.

        Returns
        -------
        OnnxDetector

        Raises
        ------
        ArgumentValueError
            For one that is not installed.
        MissingPackageError
            onnxruntime is not installed.
        """
        check_provider(provider)
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__["provider"] = provider
        return made

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write network, recipe, thresholds, calibration and domain to one ONNX file, beside and then renamed.

        Parameters
        ----------
        path : str or os.PathLike

        Raises
        ------
        ArgumentValueError
            The detector holds a number that `load` would refuse.
        OutputError
            The file cannot be written.
        """
        content = file.Content(
            self.network, self.recipe, self.threshold, self._mask_threshold, self.calibration, self.domain, self.settings
        )  # fmt: skip
        file.write(path, self.format, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read what `save` wrote, or another program's network with a TOML file of its name beside it.

        Parameters
        ----------
        path : str or os.PathLike
            Of another program's ``model.onnx``, ``model.toml`` has a ``threshold``, perhaps a ``mask_threshold``, and
            a table ``[network]`` with what `fastdefect.detectors.onnx.recipe.Recipe` takes.

        Returns
        -------
        OnnxDetector

        Raises
        ------
        ModelFileError
            For a missing, foreign, damaged or hostile file.
        """
        return cls.__new__(cls)._take(file.read(path, cls.format))

    def plan_map(self, context: Context) -> Step:
        return NetworkStep(
            self.network, self.recipe, context.shape, context.workers.threads, self.provider
        )
