"""Every numeric and text argument x every hostile value: the package's own short error, or a result; nothing else, ever."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fastdefect
from fastdefect import io
from fastdefect.calibration import calibrate
from fastdefect.detectors import Drift, Joined, load_detector
from fastdefect.detectors.choice.advice import advise
from fastdefect.evaluation import good_paths, labelled_samples
from fastdefect.perf.web_speed import Web
from fastdefect.roi.area import inspected_area

GREY = np.full((16, 20), 90, np.uint8)
COLOUR = np.full((16, 20, 3), 90, np.uint8)


class _Broken:
    """A number that fails when it is used as one, and when it is shown."""

    def __index__(self) -> int:
        raise RuntimeError("no index")

    def __float__(self) -> float:
        raise RuntimeError("no float")

    def __repr__(self) -> str:
        raise RuntimeError("no text")


VALUES: dict[str, Any] = {
    "10**400": 10**400,
    "-10**400": -(10**400),
    "10**5000": 10**5000,  # which Python refuses to print
    "2**63": 2**63,
    "fraction": Fraction(10**400, 3),
    "sNaN": Decimal("sNaN"),
    "NaN": Decimal("NaN"),
    "Decimal Infinity": Decimal("Infinity"),
    "Decimal 1e400": Decimal("1e400"),
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "1e308": 1e308,
    "1e30": 1e30,
    "1e-308": 1e-308,
    "5e-324": 5e-324,
    "-0.0": -0.0,
    "complex": 1 + 2j,
    "True": True,
    "None": None,
    "text": "7",
    "long text": "x" * 100_000,
    "null": "a\0b",
    "surrogate": "\udcff",
    "bytes": b"7",
    "array": np.array([1, 2]),
    "array of one": np.array([3]),
    "array of none": np.empty(0),
    "scalar array": np.array(3),
    "float array": np.array([[1.5]]),
    "object array": np.array([None, "x"], object),
    "empty list": [],
    "nested list": [[[[[1]]]]],
    "list of large": [10**400, 10**400],
    "tuple of nan": (float("nan"), float("nan")),
    "dict": {"a": 1},
    "set": {1},
    "broken": _Broken(),
    "type": int,
    "function": len,
    "generator": (each for each in ()),
}


def _detect(**arguments: Any) -> object:
    return fastdefect.detect(COLOUR, **arguments)


def _area(**arguments: Any) -> object:
    return inspected_area((16, 20), **arguments)


def _read(**arguments: Any) -> object:
    return io.read_image(**{"path": "none.png", **arguments})


def _regions(**arguments: Any) -> object:
    """The rules, used."""
    rules = fastdefect.RegionParams(**arguments)
    rules.least_area()
    image = COLOUR.copy()
    image[4:9, 4:9] = 5
    found = fastdefect.detect(image, regions=rules)
    return [defect.to_dict() for defect in found.defects or ()]


def _fit(**arguments: Any) -> object:
    images = list(np.random.default_rng(0).integers(90, 160, (4, 40, 48), np.uint8))
    model = fastdefect.TextureModel(colour=False, window=31)
    return model.fit(**{"images": images, "threads": 1, **arguments})


def _fit_pattern(**arguments: Any) -> object:
    images = list(np.random.default_rng(0).integers(90, 160, (4, 40, 48), np.uint8))
    return fastdefect.PatternModel(kinds=1).fit(**{"images": images, "threads": 1, **arguments})


def _fit_joined(**arguments: Any) -> object:
    images = list(np.random.default_rng(0).integers(90, 160, (4, 40, 48), np.uint8))
    parts = fastdefect.TextureModel(window=31), fastdefect.TextureModel(colour=False, window=31)
    return Joined(*parts).fit(**{"images": images, "threads": 1, **arguments})


def _calibrate(**arguments: Any) -> object:
    images = list(np.random.default_rng(0).integers(90, 160, (4, 40, 48), np.uint8))
    given = {"detector": fastdefect.ArticleDetector(), "images": images, "threads": 1}
    return fastdefect.calibrate(**{**given, **arguments})


def _drift(**arguments: Any) -> object:
    images = list(np.random.default_rng(0).integers(90, 160, (4, 40, 48), np.uint8))
    return Drift.learn(**{"images": images, "scores": [1.0, 1.1, 1.2, 1.3], **arguments})


def _frame(**arguments: Any) -> object:
    drift: Any = _drift()
    image = np.full((40, 48), 100, np.uint8)
    return drift.take(**{"image": image, "detection": fastdefect.detect(image), **arguments})


def _advise(**arguments: Any) -> object:
    return advise(**{"images": [COLOUR.repeat(3, 0).repeat(3, 1)], **arguments})


def _with_threshold(**arguments: Any) -> object:
    return fastdefect.TextureModel.zero_shot().with_threshold(**{"threshold": 3.0, **arguments})


def _plan(**arguments: Any) -> object:
    return fastdefect.Engine(**{"shape": (16, 20), **arguments})


TEXTURE = (
    "false_alarms colour window scales geometric background_clip_sigma quantile side_onset side_weight bar_weight "
    "column_profile"
)
# One line for each callable: what is called, and its arguments that are swapped one at a time.
CALLS: dict[str, tuple[Callable[..., object], dict[str, Any], str]] = {
    "value_channel": (fastdefect.value_channel, {"bgr": COLOUR}, "bgr out threads backend"),
    "bgr_to_hsv": (fastdefect.bgr_to_hsv, {"bgr": COLOUR}, "bgr out threads backend"),
    "box_blur": (fastdefect.box_blur, {"src": GREY, "ksize": 3}, "src ksize out threads backend"),
    "nl_means": (
        fastdefect.nl_means,
        {"src": GREY, "h": 3, "template_window": 3, "search_window": 5},
        "src h template_window search_window out threads backend",
    ),
    "otsu_threshold": (fastdefect.otsu_threshold, {"src": GREY}, "src threads backend"),
    "binarize": (fastdefect.binarize, {"src": GREY, "threshold": 3}, "src threshold out threads backend"),
    "erode": (fastdefect.erode, {"src": GREY, "ksize": 3}, "src ksize out threads backend"),
    "dilate": (fastdefect.dilate, {"src": GREY, "ksize": 3}, "src ksize out threads backend"),
    "ArticleParams": (
        fastdefect.ArticleParams,
        {},
        "blur_ksize h template_window search_window structuring_ksize max_dark_pixels contour_area_limit "
        "contour_colour",
    ),
    "RegionParams": (
        _regions,
        {"mm_per_px": 0.5},
        "mm_per_px min_area min_area_mm2 merge_distance surroundings severity_by severity_limits",
    ),
    "TextureModel": (fastdefect.TextureModel, {}, TEXTURE),
    "TextureParams": (fastdefect.TextureParams, {}, TEXTURE),
    "zero_shot": (fastdefect.TextureModel.zero_shot, {}, TEXTURE),
    "set_params": (fastdefect.TextureModel().set_params, {}, TEXTURE),
    "PatternModel": (fastdefect.PatternModel, {}, "false_alarms colour coarse kinds"),
    "PatternParams": (fastdefect.PatternParams, {}, "false_alarms colour coarse kinds"),
    "fit of a pattern": (_fit_pattern, {}, "images groups ignore threads"),
    "load of a pattern": (fastdefect.PatternModel.load, {"path": "none"}, "path"),
    "Joined": (
        Joined, {"a": fastdefect.TextureModel(), "b": fastdefect.PatternModel()}, "a b false_alarms",
    ),
    "fit of joined ones": (_fit_joined, {}, "images groups ignore threads"),
    "load of joined ones": (Joined.load, {"path": "none"}, "path"),
    "advise": (_advise, {}, "images ignore colour"),
    "with_threshold": (_with_threshold, {}, "threshold mask_threshold"),
    "freeze": (fastdefect.TextureModel.zero_shot().freeze, {}, "img"),
    "fit": (_fit, {}, "images groups ignore threads"),  # of `progress` a callable is called
    "load": (fastdefect.TextureModel.load, {"path": "none"}, "path"),
    "calibrate": (
        calibrate,
        {"scores": np.linspace(1, 2, 9), "groups": range(9), "false_alarms": 0.01},
        "scores groups false_alarms",
    ),
    "calibrate a detector": (
        _calibrate, {}, "detector images groups ignore false_alarms refit learn_domain threads",
    ),
    "drift": (_drift, {}, "images scores groups ignore channels model false_alarms frames"),
    "a frame": (_frame, {}, "image detection"),
    "load of a drift": (Drift.load, {"path": "none"}, "path"),
    "detect": (_detect, {}, "params threads roi ignore regions"),
    "Engine": (_plan, {}, "shape params threads roi ignore regions"),
    "area": (_area, {}, "roi ignore"),
    "read_image": (_read, {}, "path max_pixels page"),
    "write_image": (fastdefect.write_image, {"path": "/none/x.png", "image": GREY}, "path image"),
    "load_detector": (load_detector, {"path": "none"}, "path"),
    "good_paths": (good_paths, {"data": "none"}, "data"),
    "labelled_samples": (labelled_samples, {"data": "none"}, "data"),
    "Web": (Web, {"width": 1600.0, "resolution": 0.5}, "width resolution"),
}  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "name",
    # what is taken trains a model, half a minute in all; the texture model's fit is tried each time
    [
        pytest.param(c, marks=pytest.mark.long)
        if c in ("fit of joined ones", "fit of a pattern")
        else c
        for c in CALLS
    ],
)
def test_hostile_values(
    name: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    function, good, arguments = CALLS[name]
    for argument in arguments.split():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                function(**{**good, argument: VALUES[value]})
        except fastdefect.FastDefectError as error:
            message = str(error)
            assert "expected" in message or "cannot" in message, (argument, message)
            assert len(message) < 1000 or (
                len(str(VALUES["long text"])) > 1000 and "xxx" in message
            )
        except Exception as error:
            pytest.fail(f"{name}({argument}={value}): {type(error).__name__}: {str(error)[:200]}")


@pytest.mark.parametrize("groups", [[[1], [2], [3], [4]], {1, 2, 3, 4}, dict.fromkeys(range(4))])
def test_groups_that_name_none(groups: Any) -> None:
    with pytest.raises(fastdefect.ArgumentTypeError, match="groups: expected a list"):
        _fit(groups=groups)


@pytest.mark.parametrize("call", [_fit, _fit_pattern, _fit_joined, _calibrate])
def test_progress_is_a_function(call: Callable[..., object]) -> None:
    with pytest.raises(fastdefect.ArgumentTypeError, match="progress: expected a function"):
        call(progress="bar")
