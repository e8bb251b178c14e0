"""Zarr arrays as images that are read in parts, and pyramids that are written as OME-Zarr."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fastdefect import ImageReadError, MissingPackageError, OutputError
from fastdefect.io.tiles import open_source
from fastdefect.io.tiles.ome_zarr import OmeZarr
from fastdefect.optional import install_line

IMAGE = np.random.default_rng(0).integers(0, 256, (117, 83, 3), np.uint8)


def test_without_the_package_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "zarr", None)
    (tmp_path / "zarr.json").write_text("{}")
    with pytest.raises(MissingPackageError, match=re.escape(install_line("zarr", "zarr"))):
        open_source(tmp_path)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("shards", [None, (96, 64, 3)])
@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_windows(zarr_format: int, shards: Any, channels: int | None, tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    pixels = np.dstack([IMAGE, IMAGE[:, :, :1]])[:, :, : channels or 1]
    pixels = pixels if channels else pixels[:, :, 0]
    if shards is not None and (zarr_format == 2 or pixels.ndim != 3 or channels != 3):
        shards = None
    array = zarr.create_array(
        str(tmp_path / "a.zarr"), shape=pixels.shape, chunks=(32, 32, channels or 1)[: pixels.ndim], shards=shards,
        dtype="uint8", zarr_format=zarr_format,
    )  # fmt: skip
    array[...] = pixels
    expected = pixels[:, :, :3] if pixels.ndim == 3 and channels != 1 else pixels.reshape(117, 83)
    for source in (open_source(tmp_path / "a.zarr"), open_source(array)):
        assert source.shape == (117, 83)
        assert source.channels == (1 if expected.ndim == 2 else 3)
        for window in np.s_[0:117, 0:83], np.s_[3:4, 0:83], np.s_[9:37, 31:33], np.s_[116:, 82:]:
            bounds = [
                slice(*part.indices(size)) for part, size in zip(window, (117, 83), strict=True)
            ]
            found = source.read(*bounds)
            assert found.flags.c_contiguous
            np.testing.assert_array_equal(found, expected[window])


def test_what_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zarr = pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    from fastdefect.io.tiles import zarr_array

    for name, array, said in (
        ("floats", np.zeros((9, 9), np.float32), "float32"),
        ("planes", np.zeros((3, 9, 9), np.uint8), r"\(3, 9, 9\).*channels last"),
        ("line", np.zeros(9, np.uint8), r"\(9,\)"),
    ):
        zarr.save_array(str(tmp_path / name), array)
        with pytest.raises(ImageReadError, match=said):
            open_source(tmp_path / name)
    zarr.open_group(str(tmp_path / "group"), mode="w")
    with pytest.raises(ImageReadError, match=r"a group of arrays; name one"):
        open_source(tmp_path / "group")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "zarr.json").write_text('{"zarr_format": 3, "node_ty')
    with pytest.raises(ImageReadError, match="cannot be opened"):
        open_source(tmp_path / "torn")
    monkeypatch.setattr(zarr_array, "MOST_CHUNK", 80)
    zarr.save_array(str(tmp_path / "large"), np.zeros((9, 9), np.uint8))
    with pytest.raises(ImageReadError, match="bounded memory"):
        open_source(tmp_path / "large")


def test_a_chunk_that_cannot_be_decoded_is_named(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    array = zarr.create_array(str(tmp_path), shape=IMAGE.shape, chunks=(32, 32, 3), dtype="uint8")
    array[...] = IMAGE
    chunk = tmp_path / "c" / "1" / "2" / "0"
    chunk.write_bytes(chunk.read_bytes()[:99])
    source = open_source(tmp_path)
    source.read(slice(0, 32), slice(0, 83))
    with pytest.raises(ImageReadError, match=r"rows 20 \.\.\. 40.*cannot be decoded.*resume"):
        source.read(slice(20, 40), slice(0, 83))


@pytest.mark.parametrize("grey", [False, True])
def test_ome_zarr(grey: bool, tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    image = IMAGE[:, :, 1] if grey else IMAGE
    mask = np.where(IMAGE[:, :, 0] > 200, 255, 0).astype(np.uint8)
    shapes = [(117, 83), (59, 42)]
    store = OmeZarr(tmp_path / "a", shapes, 1 if grey else 3, 64)
    for level, shape in enumerate(shapes):
        for i in range(-(-shape[0] // 64)):
            for j in range(-(-shape[1] // 64)):
                window = np.s_[
                    64 * i : min(64 * i + 64, shape[0]), 64 * j : min(64 * j + 64, shape[1])
                ]
                store.put(level, (i, j), image[window], mask[window])
    group = zarr.open_group(str(tmp_path / "a"), mode="r")
    ome = group.attrs["ome"]["multiscales"][0]
    assert [axis["name"] for axis in ome["axes"]] == (["y", "x"] if grey else ["c", "y", "x"])
    assert [part["path"] for part in ome["datasets"]] == ["0", "1"]
    assert ome["datasets"][1]["coordinateTransformations"][0]["scale"][-2:] == [2.0, 2.0]
    assert ome["datasets"][1]["coordinateTransformations"][1]["translation"][-2:] == [0.5, 0.5]
    assert group["labels"].attrs["ome"]["labels"] == ["defects"]
    planes = image if grey else np.moveaxis(image[:, :, ::-1], 2, 0)
    for level, (height, width) in enumerate(shapes):
        np.testing.assert_array_equal(group[str(level)][...], planes[..., :height, :width])
        marks = group[f"labels/defects/{level}"]
        np.testing.assert_array_equal(marks[...], mask[:height, :width] // 255)
        assert marks.shards is None
    # made anew over a store, but not over anything else
    OmeZarr(tmp_path / "a", shapes, 1, 64)
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError, match="choose another"):
        OmeZarr(tmp_path / "b", shapes, 1, 64)
