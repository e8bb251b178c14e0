"""Which detectors there are: those of the package, and those that other packages announce.

Another package names its class in its own ``pyproject.toml``::

    [project.entry-points."fastdefect.detectors"]
    scratches = "my_package:ScratchDetector"

The class is a subclass of `fastdefect.Detector` whose ``kind`` is that name. With ``fit`` it can be trained by
``fastdefect fit --detector``; with ``format`` and ``load`` its model files are read by `load_detector`.
"""

from __future__ import annotations

import os
from importlib import import_module
from inspect import signature
from typing import Any

from fastdefect.detectors.detector import Detector
from fastdefect.detectors.model_file import bad_model, read_model
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

GROUP = "fastdefect.detectors"
DEFAULT = "article"
_BUILT_IN = {
    "article": "fastdefect.detectors.article.detector:ArticleDetector",
    "texture": "fastdefect.detectors.texture.model:TextureModel",
    "pattern": "fastdefect.detectors.pattern.model:PatternModel",
    "joined": "fastdefect.detectors.joined.model:Joined",
    "onnx": "fastdefect.detectors.onnx.model:OnnxDetector",
    "lenet": "fastdefect.detectors.learned.kinds:LenetDetector",
    "autoencoder": "fastdefect.detectors.learned.kinds:AutoencoderDetector",
    "gan": "fastdefect.detectors.learned.kinds:GanDetector",
    "resnet": "fastdefect.detectors.learned.kinds:ResnetDetector",
    "fcn": "fastdefect.detectors.learned.kinds:FcnDetector",
}


def kinds() -> tuple[str, ...]:
    """Names of all detectors, the package's own first.

    Returns
    -------
    tuple of str

    Raises
    ------
    ArgumentValueError
        Two packages announce the same name.

    Examples
    --------
    >>> from fastdefect.detectors import kinds
    >>> kinds()[:2]
    ('article', 'texture')
    """
    return tuple(_places())


def trainable_kinds() -> tuple[str, ...]:
    """Names of the detectors that learn from good images by themselves; two of them can be joined.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> from fastdefect.detectors import trainable_kinds
    >>> "texture" in trainable_kinds(), "article" in trainable_kinds()
    (True, False)
    """
    return tuple(
        kind
        for kind in kinds()
        if _learns(detector_class(kind)) and not _is_network(detector_class(kind))
    )


def network_kinds() -> tuple[str, ...]:
    """Names of the networks that this package trains: in minutes, some from defective images too, with PyTorch.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> from fastdefect.detectors import network_kinds
    >>> network_kinds()
    ('lenet', 'autoencoder', 'gan', 'resnet', 'fcn')
    """
    return tuple(kind for kind in kinds() if _is_network(detector_class(kind)))


def detector_class(kind: str) -> type[Detector]:
    """The class of a kind.

    Parameters
    ----------
    kind : str
        One of `kinds`.

    Returns
    -------
    type
        A subclass of `fastdefect.Detector`.

    Raises
    ------
    ArgumentValueError
        There is no such kind.
    ArgumentTypeError
        What another package announces is no detector of that name.

    Examples
    --------
    >>> from fastdefect.detectors import detector_class
    >>> detector_class("article").__name__
    'ArticleDetector'
    """
    places = _places()
    if kind not in places:
        raise ArgumentValueError(
            f"kind: expected one of {', '.join(places)}, received {kind!r}; choose one of these, or "
            "install the package that has it"
        )
    found = _attribute(places[kind])
    if not (isinstance(found, type) and issubclass(found, Detector) and found.kind == kind):
        raise ArgumentTypeError(
            f"kind: expected {places[kind]} to be a subclass of fastdefect.Detector with kind "
            f"{kind!r}, received {found!r}; mend the entry point of its package"
        )
    return found


def default_detector() -> Detector:
    """The detector that is used where no model is named.

    Returns
    -------
    Detector

    Examples
    --------
    >>> from fastdefect.detectors import default_detector
    >>> default_detector().kind
    'article'
    """
    # not by way of `kinds`: asking all installed packages what they announce takes 30 ms
    found: type[Detector] = _attribute(_BUILT_IN[DEFAULT])
    return found()


def load_detector(path: str | os.PathLike[str]) -> Detector:
    """Read a model file of any kind.

    Parameters
    ----------
    path : str or os.PathLike
        What ``save`` of a detector wrote: the file's ``format`` says whose it is. Or a network in an ONNX file, see
        `fastdefect.OnnxDetector.load`.

    Returns
    -------
    Detector

    Raises
    ------
    ModelFileError
        For a missing, foreign, truncated or hostile file.

    Examples
    --------
    >>> import fastdefect
    >>> fastdefect.load_detector("no such file")
    Traceback (most recent call last):
    ...
    fastdefect.errors.ModelFileError: path: expected a model file, no such file: found nothing of that name; ...
    """
    from fastdefect.detectors.onnx.file import is_network, network_format

    found = network_format(path) if is_network(path) else read_model(path)["format"]
    for kind in kinds():
        detector = detector_class(kind)
        if getattr(detector, "format", None) == found:
            loaded: Detector = detector.load(path)  # type: ignore[attr-defined]
            return loaded
    raise bad_model(path, f"a file of the unknown format {found[:40]!r}")


def _is_network(found: type[Detector]) -> bool:
    return hasattr(found, "layout")


def _learns(found: type[Detector]) -> bool:
    """Whether a detector has a ``fit``, and needs nothing to be made: joined ones need their parts."""
    settings = signature(found).parameters.values()
    return hasattr(found, "fit") and all(each.default is not each.empty for each in settings)


def _attribute(place: str) -> Any:
    """What stands at a place, ``module:name``; None where nothing does."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name, None)


def _places() -> dict[str, str]:
    """Module and class by kind."""
    from importlib import metadata

    places = dict(_BUILT_IN)
    for entry in metadata.entry_points(group=GROUP):
        if places.get(entry.name, entry.value) != entry.value:
            raise ArgumentValueError(
                f"kind: expected one detector named {entry.name!r}, received {places[entry.name]} and "
                f"{entry.value}; uninstall one of the packages"
            )
        places[entry.name] = entry.value
    return places
