"""Round trips: what is written reads back as the same numbers and the same pixels."""

from __future__ import annotations

import csv
import errno
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fastdefect
from fastdefect import io
from fastdefect.defects.table import COLUMNS, row_of
from fastdefect.detectors.result import Detection
from fastdefect.io import atomic
from fastdefect.report.coco import CocoExport, column_runs
from fastdefect.report.export import CsvExport, JsonLinesExport
from fastdefect.report.overlay_image import overlay
from fastdefect.report.raster import write_mask, write_score_map

# pycocotools was compiled before NumPy 2 asked for a copy keyword
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
RULES = fastdefect.RegionParams(mm_per_px=(0.25, 0.4), merge_distance=2)


@pytest.fixture(name="image", scope="module")
def _image() -> np.ndarray:
    """A dark ring, and four dark spots of several sizes."""
    y, x = np.indices((160, 220))
    image = np.full(y.shape, 180, np.uint8)
    radius = np.hypot(y - 60, x - 60)
    image[(radius < 50) & (radius > 22)] = 40
    for row, column, size in ((30, 150, 14), (80, 190, 10), (130, 140, 18), (140, 40, 12)):
        image[np.hypot((y - row) * 1.3, x - column) < size] = 60
    return np.dstack([image] * 3)


@pytest.fixture(name="detection", scope="module")
def _detection(image: np.ndarray) -> Detection:
    detection = fastdefect.detect(image, regions=RULES)
    assert len(detection.defects) > 3
    assert any(len(d.polygon) > 1 for d in detection.defects)
    return detection


def test_csv(image: np.ndarray, detection: Detection, tmp_path: Path) -> None:
    export = CsvExport()
    for name in ("a, b.png", "ü\n布.png"):
        export.add(name, image, detection)
    with open(export.write(tmp_path / "t.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(detection.defects)
    names = {io.original_name(row["image"]) for row in rows}
    assert names == {"a, b.png", "ü\n布.png"}
    for row, defect in zip(rows, [*detection.defects] * 2, strict=True):
        expected = row_of(defect)
        assert {c: float(row[c]) if row[c] else None for c in COLUMNS} == expected
        assert float(row["score"]) == detection.score


def test_json_lines(image: np.ndarray, detection: Detection, tmp_path: Path) -> None:
    export = JsonLinesExport()
    export.add("a.png", image, detection)
    export.add("b.png", image, fastdefect.detect(np.full_like(image, 90)))
    one, two = map(json.loads, export.write(tmp_path / "t.jsonl").read_text().splitlines())
    assert one["defects"] == detection.defects.to_dict() == detection.to_dict()["defects"]
    assert (one["image"], one["height"], one["width"]) == ("a.png", *image.shape[:2])
    assert (two["defects"], two["is_defective"]) == ([], False)
    first = detection.defects[0]
    assert one["defects"][0]["bbox"] == list(first.bbox)
    rows, columns = one["defects"][0]["centroid"]
    assert one["defects"][0]["centroid_mm"] == [rows * 0.25, columns * 0.4]
    assert one["defects"][0]["area_mm2"] == pytest.approx(first.area * 0.1)


@pytest.mark.parametrize("segmentation", ["polygon", "rle"])
def test_pycocotools_reads_our_coco(
    image: np.ndarray, detection: Detection, tmp_path: Path, segmentation: str
) -> None:
    coco = pytest.importorskip("pycocotools.coco", reason="pycocotools is not installed")
    export = CocoExport(segmentation)
    export.add("empty.png", image, fastdefect.detect(np.full_like(image, 90)))
    export.add("a.png", image, detection)
    read = coco.COCO(str(export.write(tmp_path / "t.json")))
    assert [i["file_name"] for i in read.loadImgs(read.getImgIds())] == ["empty.png", "a.png"]
    found = read.loadAnns(read.getAnnIds(imgIds=[2]))
    assert not read.getAnnIds(imgIds=[1])
    for annotation, defect in zip(found, detection.defects, strict=True):
        mask = read.annToMask(annotation).astype(np.bool_)
        top, left, bottom, right = defect.bbox
        np.testing.assert_array_equal(mask[top:bottom, left:right], defect.image)
        assert mask.sum() == defect.area == annotation["area"]
        assert annotation["bbox"] == [left, top, right - left, bottom - top]
        assert annotation["score"] == defect.peak_score
        measures = defect.to_dict()
        own = {
            name: measures.pop(name) for name in ("label", "bbox", "area")
        }  # as FiftyOne's fields
        assert annotation["attributes"] == measures
        assert annotation["area"] == own["area"]
    kinds = {type(annotation["segmentation"]) for annotation in found}
    assert kinds == ({dict} if segmentation == "rle" else kinds | {list})


@pytest.mark.parametrize("shape", [(1, 1), (5, 4), (7, 1), (1, 9)])
def test_column_runs_of_regions_that_fill_columns(shape: tuple[int, int]) -> None:
    masks = pytest.importorskip("pycocotools.mask", reason="pycocotools is not installed")
    from fastdefect.defects.find import find_defects

    for full in (np.ones(shape, np.bool_), np.indices(shape)[1] > 0, np.indices(shape)[0] > 1):
        for defect in find_defects(full):
            counts = {"size": list(shape), "counts": column_runs(defect, shape)}
            np.testing.assert_array_equal(
                masks.decode(masks.frPyObjects(counts, *shape)).astype(np.bool_), full
            )


def test_pictures(image: np.ndarray, detection: Detection, tmp_path: Path) -> None:
    tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed")
    mask = io.read_image(write_mask(tmp_path / "m.png", detection))
    np.testing.assert_array_equal(mask[:, :, 0], detection.mask * np.uint8(255))
    path = write_score_map(tmp_path / "s.tif", detection, (0.25, 0.5))
    np.testing.assert_array_equal(tifffile.imread(path), detection.score_map)
    assert tifffile.imread(path).dtype == np.float32
    with tifffile.TiffFile(path) as file:
        assert file.pages[0].tags["XResolution"].value == (20, 1)
        assert file.pages[0].tags["YResolution"].value == (40, 1)
    write_mask(tmp_path / "o.png", detection)
    io.write_image(tmp_path / "o.png", overlay(image, detection))
    assert io.read_image(tmp_path / "o.png").shape == image.shape


def test_data_frame_and_its_import(detection: Detection) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = detection.defects.to_dataframe()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["area"].tolist() == [d.area for d in detection.defects]
    assert list(fastdefect.Defects().to_dataframe().columns) == list(COLUMNS)
    code = (
        "import sys, numpy, fastdefect; d = fastdefect.detect(numpy.eye(9, dtype='u1')); "
        "d.defects; print({'pandas', 'supervision', 'jinja2', 'tifffile'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("package", ["pandas", "supervision", "tifffile"])
def test_missing_packages(
    detection: Detection, package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    calls = {
        "pandas": lambda: detection.defects.to_dataframe(),
        "supervision": lambda: detection.to_supervision(),
        "tifffile": lambda: write_score_map(tmp_path / "s.tif", detection),
    }
    with pytest.raises(fastdefect.MissingPackageError, match="pip install"):
        calls[package]()


def test_filter_and_sort(detection: Detection) -> None:
    defects = detection.defects
    large = defects.filter(area=100)
    assert 0 < len(large) < len(defects)
    assert all(d.area >= 100 for d in large)
    assert defects.filter(lambda d: d.bbox[0] > 20, area=100) == defects.filter(area=100).filter(
        lambda d: d.bbox[0] > 20
    )
    areas = [d.area for d in defects.sort("area", reverse=True)]
    assert areas == sorted(areas, reverse=True)
    assert defects.sort(lambda d: -d.area)[0].area == max(areas)
    assert defects[:2] == tuple(defects)[:2]
    none_last = fastdefect.detect(np.eye(40, dtype=np.uint8)).defects.sort("severity")
    assert all(d.severity is None for d in none_last)
    with pytest.raises(fastdefect.ArgumentValueError, match="'size'"):
        defects.sort("size")
    with pytest.raises(fastdefect.ArgumentValueError, match="'bbox'"):
        defects.filter(bbox=3)
    with pytest.raises(fastdefect.ArgumentTypeError, match="int"):
        defects.sort(3)


def test_supervision(detection: Detection) -> None:
    pytest.importorskip("supervision", reason="supervision is not installed")
    found = detection.to_supervision()
    assert len(found) == len(detection.defects)
    for box, mask, area, defect in zip(
        found.xyxy, found.mask, found.data["area"], detection.defects, strict=True
    ):
        assert box.tolist() == [defect.bbox[i] for i in (1, 0, 3, 2)]
        assert mask.sum() == area == defect.area
    assert len(fastdefect.detect(np.full((9, 9), 7, np.uint8)).to_supervision()) == 0


@pytest.mark.parametrize("make", [CsvExport, JsonLinesExport, CocoExport])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    image: np.ndarray,
    detection: Detection,
    tmp_path: Path,
    make: type,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = tmp_path / "t"
    target.write_text("older")
    export = make()
    export.add("a.png", image, detection)

    class Full:
        def __init__(self, path: str, mode: str) -> None:
            self.file = Path(path).open(mode)  # noqa: SIM115  closed on exit

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "open", Full, raising=False)
    with pytest.raises(fastdefect.OutputError, match="No space left"):
        export.write(target)
    assert target.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_limit_of_the_system_leaves_nothing(tmp_path: Path) -> None:
    """As a full disk does: the system refuses to write more than 512 bytes."""
    pytest.importorskip("resource", reason="no limits on this system")
    code = f"""
import resource, signal
from fastdefect.io import write_bytes
from fastdefect.errors import OutputError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
try:
    write_bytes({str(tmp_path / "t.csv")!r}, bytes(100_000))
except OutputError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "t.csv: cannot be written" in done.stdout
    assert not list(tmp_path.iterdir())
