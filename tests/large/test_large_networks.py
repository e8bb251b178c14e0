"""Networks are given tiles of one grid, so their bytes are the same in every run; those that see the whole are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx_cases as cases
import pytest
from large_cases import detectors, inspected, picture, tifffile, whole

from fastdefect import ArgumentValueError, OnnxDetector, TextureModel
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.large.programs.program import program_of

pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
IMAGE = picture(21, (150, 140, 3))


def _network(**recipe: Any) -> OnnxDetector:
    """Darkness of means of 5 by 5 pixels."""
    chosen = {"halo": 4, "stride": 4} | recipe
    return OnnxDetector(cases.darkness(), Recipe(map="anomaly_map", **chosen), 130.0)


def test_a_network_has_the_map_of_the_whole_within_its_tolerance(tmp_path: Path) -> None:
    detector = _network()
    found, expected = inspected(IMAGE, detector, tmp_path), whole(IMAGE, detector)
    assert found.is_defective
    assert expected.is_defective
    assert found.score == pytest.approx(expected.score, rel=detector.tolerance)
    score_map = tifffile.imread(found.score_map)
    unit = float(np.quantile(expected.score_map, 0.9995))
    np.testing.assert_allclose(score_map, expected.score_map, atol=detector.tolerance * unit)
    np.testing.assert_array_equal(tifffile.imread(found.mask) != 0, score_map > 130)
    assert found.certificate["grid"] == "32 x 32 pixels and 4 around them, one thread"
    assert found.faults() == []


def test_its_bytes_depend_on_no_tile_and_no_thread(tmp_path: Path) -> None:
    detector = _network()
    found = [
        inspected(IMAGE, detector, tmp_path / f"{tile}{threads}", tile, threads=threads)
        for tile, threads in (((1, 1), 1), ((2, 3), 2), ((9, 9), 3))
    ]
    assert found[0].certificate == found[1].certificate == found[2].certificate


def test_its_bytes_depend_on_no_chunk(tmp_path: Path) -> None:
    dask_array = pytest.importorskip("dask.array", reason="dask is not installed (extra dask)")
    from fastdefect.dask import lazy

    detector = _network()
    array = dask_array.from_array(IMAGE, (50, 61, 3))
    made = lazy.plan(array, detector, 3, None, None, None, 32).compute(scheduler="threads")
    assert made.certificate == inspected(IMAGE, detector, tmp_path).certificate


@pytest.mark.parametrize("recipe", [{}, {"size": (32, 32)}, {"score": "pred_score"}])
def test_a_network_of_the_whole_image_is_refused(recipe: dict[str, Any]) -> None:
    with pytest.raises(ArgumentValueError, match=r"says how far it looks.*'onnx'"):
        program_of(_network(halo=None, **recipe))


def test_a_stride_that_blocks_do_not_have_is_refused() -> None:
    with pytest.raises(ArgumentValueError, match="stride of 14 pixels"):
        program_of(_network(stride=14, halo=14))


def test_exact_detectors_name_no_grid(tmp_path: Path) -> None:
    assert "grid" not in inspected(IMAGE, detectors("article", IMAGE), tmp_path).certificate


def test_joined_detectors_that_are_not_trained_are_refused() -> None:
    from fastdefect.detectors import Joined

    model = Joined(TextureModel(), TextureModel(colour=False))
    with pytest.raises(ArgumentValueError, match="a trained one"):
        program_of(model)
