"""Surface defect detection for machines that cannot wait.

The public names are loaded when first used, so that importing the package costs milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastdefect.compat import (
        defect_detect as defect_detect,
    )
    from fastdefect.compat import (
        fab_defect_detect as fab_defect_detect,
    )
    from fastdefect.detectors.article import (
        detect as detect,
    )
    from fastdefect.engine import (
        Engine as Engine,
    )
    from fastdefect.errors import (
        ArgumentTypeError as ArgumentTypeError,
    )
    from fastdefect.errors import (
        ArgumentValueError as ArgumentValueError,
    )
    from fastdefect.errors import (
        EngineBusyError as EngineBusyError,
    )
    from fastdefect.errors import (
        FastDefectError as FastDefectError,
    )
    from fastdefect.errors import (
        ImageReadError as ImageReadError,
    )
    from fastdefect.errors import (
        MissingPackageError as MissingPackageError,
    )
    from fastdefect.errors import (
        ModelFileError as ModelFileError,
    )
    from fastdefect.errors import (
        OutputError as OutputError,
    )
    from fastdefect.io import (
        read_image as read_image,
    )
    from fastdefect.io import (
        write_image as write_image,
    )
    from fastdefect.ops import (
        bgr_to_hsv as bgr_to_hsv,
    )
    from fastdefect.ops import (
        binarize as binarize,
    )
    from fastdefect.ops import (
        box_blur as box_blur,
    )
    from fastdefect.ops import (
        dilate as dilate,
    )
    from fastdefect.ops import (
        erode as erode,
    )
    from fastdefect.ops import (
        nl_means as nl_means,
    )
    from fastdefect.ops import (
        otsu_threshold as otsu_threshold,
    )
    from fastdefect.ops import (
        value_channel as value_channel,
    )
    from fastdefect.params import (
        ArticleParams as ArticleParams,
    )
    from fastdefect.result import (
        Defect as Defect,
    )
    from fastdefect.result import (
        Detection as Detection,
    )

__version__ = "0.1.0"

_HOMES = {
    "ArgumentTypeError": "errors",
    "ArgumentValueError": "errors",
    "ArticleParams": "params",
    "Defect": "result",
    "Detection": "result",
    "Engine": "engine",
    "EngineBusyError": "errors",
    "FastDefectError": "errors",
    "ImageReadError": "errors",
    "MissingPackageError": "errors",
    "ModelFileError": "errors",
    "OutputError": "errors",
    "bgr_to_hsv": "ops",
    "binarize": "ops",
    "box_blur": "ops",
    "defect_detect": "compat",
    "detect": "detectors.article",
    "dilate": "ops",
    "erode": "ops",
    "fab_defect_detect": "compat",
    "nl_means": "ops",
    "otsu_threshold": "ops",
    "read_image": "io",
    "value_channel": "ops",
    "write_image": "io",
}

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'fastdefect' has no attribute {name!r}")
    value = getattr(import_module(f"fastdefect.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
