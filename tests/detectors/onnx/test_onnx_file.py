"""Files of networks: what is believed of them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx_cases as cases
import pytest
from texture_cases import cloth

from fastdefect import ModelFileError, OnnxDetector, TextureModel, load_detector
from fastdefect.detectors import Recipe
from fastdefect.detectors.onnx import protobuf
from fastdefect.detectors.onnx.file import Content, write

RECIPE = Recipe(map="anomaly_map", halo=2)


@pytest.fixture(name="saved")
def _saved(tmp_path: Path) -> Path:
    path = tmp_path / "saved.model"
    OnnxDetector(cases.darkness(), RECIPE, 100.0).save(path)
    return path


def test_what_is_saved_is_read(saved: Path, tmp_path: Path) -> None:
    loaded = load_detector(saved)
    assert isinstance(loaded, OnnxDetector)
    assert (loaded.network, loaded.recipe, loaded.threshold) == (cases.darkness(), RECIPE, 100.0)
    assert (loaded.calibration, loaded.domain, loaded.mask_threshold) == (None, None, 100.0)
    again = tmp_path / "again"
    loaded.with_threshold(7.0, mask_threshold=3.0).save(again)
    other = load_detector(again)
    assert (other.threshold, other.mask_threshold, other.network) == (7.0, 3.0, loaded.network)
    loaded.save(again)
    assert again.read_bytes() == saved.read_bytes()


def test_calibration_and_domain_are_kept(tmp_path: Path) -> None:
    model = TextureModel(colour=False, window=31).fit([cloth(seed)[..., 0] for seed in range(8)])
    content = Content(
        cases.darkness(weights=[1.0]),
        Recipe(map="anomaly_map", colour="grey"),
        999.0,
        None,
        model.calibration,
        model.domain,
        {"steps": 3},
    )
    write(tmp_path / "m", OnnxDetector.format, content)
    loaded = OnnxDetector.load(tmp_path / "m")
    assert loaded.calibration == model.calibration
    assert loaded.settings == {"steps": 3}
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    black = np.zeros(cloth(0).shape[:2], np.uint8)
    assert loaded(black).verdict == "unusable"
    assert loaded(cloth(9)[..., 0].copy()).verdict == "good"


def test_every_damage_is_refused(saved: Path, tmp_path: Path) -> None:
    data = saved.read_bytes()
    path = tmp_path / "damaged"
    random = np.random.default_rng(0)
    places = range(len(data)) if len(data) < 2000 else random.choice(len(data), 2000, False)
    for place in places[::3]:
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        with pytest.raises(ModelFileError):
            load_detector(path)
    for length in range(0, len(data), 7):
        path.write_bytes(data[:length])
        with pytest.raises(ModelFileError):
            load_detector(path)


def nested(field: int, *more: int) -> bytes:
    """A tensor whose values lie in another file, within messages of these fields."""
    return cases.message(field, nested(*more) if more else cases.number(14, 1))


HOSTILE = [
    (cases.model(cases.outside("weights", 3)), "weights in another file"),
    # an attribute's tensor of a graph within a graph, a sparse one, and one of a function
    (cases.model(nested(1, 5, 6, 5)), "weights in another file"),
    (cases.model(nested(15, 1)), "weights in another file"),
    (cases.darkness() + nested(25, 7, 5, 5), "weights in another file"),
    (cases.number(1, 8), "no graph"),
    (cases.darkness() + cases.darkness(), "no graph"),
    (cases.darkness()[:-3], "beyond the end"),
    (cases.darkness() + b"\x0b", "unknown kind"),
    (cases.darkness() + b"\x78" + b"\xff" * 11, "more than 64 bits"),
]


@pytest.mark.parametrize(("network", "word"), HOSTILE)
def test_hostile_networks_are_refused(network: bytes, word: str, tmp_path: Path) -> None:
    path = cases.write_pair(tmp_path, network, 1.0)
    with pytest.raises(ModelFileError, match=word):
        load_detector(path)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "says how the network is used"),
        ("", "received one without 'network'|network is missing"),
        ("[network]\nmap = 'anomaly_map'", "without 'threshold'"),
        ("threshold = -1\n[network]\nmap = 'anomaly_map'", "threshold is not a number"),
        ("threshold = 1\nlimit = 2\n[network]\nmap = 'm'", "unknown entry 'limit'"),
        ("threshold = 1\n[network]\nmap = 'm'\nkernel = 3", "kernel"),
        ("threshold = 1\nnetwork = 3", "network is missing"),
        ("threshold = ", "received a wrong one"),
        ("\udcff", "received a wrong one"),
    ],
)
def test_the_file_beside_is_checked(text: str | None, word: str, tmp_path: Path) -> None:
    path = cases.write_pair(tmp_path, cases.darkness(), 1.0)
    beside = path.with_suffix(".toml")
    if text is None:
        beside.unlink()
    else:
        beside.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelFileError, match=word):
        load_detector(path)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ((b'"version":1', b'"version":2'), "version 2, this fastdefect reads 1"),
        ((b'onnx network"', b'oxxx network"'), "unknown format"),
        ((b'"threshold":100.0', b'"threshold":-10.0'), "threshold is not a number"),
        ((b'"halo":2', b'"halo":-'), "no readable document"),
        ((b'"colour":"bgr"', b'"colour":"bgx"'), "colour: expected one of"),
        ((b'"calibration":null', b'"calibration":true'), "calibration is missing"),
        ((b'"settings":{}', b'"settings":[]'), "settings is missing"),
    ],
)
def test_documents_are_checked(change: tuple[bytes, bytes], word: str, saved: Path) -> None:
    """Someone else's writer can make the digest fit whatever it writes."""
    network, entries = protobuf.split_metadata(saved.read_bytes())
    assert change[0] in entries["fastdefect.model"]
    text = entries["fastdefect.model"].replace(*change)
    from fastdefect.detectors.onnx.file import _digest

    entries = {"fastdefect.model": text, "fastdefect.digest": _digest(network, text).encode()}
    saved.write_bytes(protobuf.with_metadata(network, entries))
    with pytest.raises(ModelFileError, match=word):
        load_detector(saved)


def test_a_file_of_empty_fields_is_not_walked_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protobuf, "_MOST_FIELDS", 1000)
    network = cases.number(1, 8) + cases.message(7, cases.number(1, 0) * 2000)
    with pytest.raises(ModelFileError, match="too many fields"):
        load_detector(cases.write_pair(tmp_path, network, 1.0))


def test_what_is_no_network_for_the_runtime_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    graph = [cases.node("Conjure", ["image"], ["map"]), cases.value(11, "image", (1, 3, 9, 9))]
    path = cases.write_pair(tmp_path, cases.model(*graph, cases.value(12, "map", (1, 1))), 1.0)
    with pytest.raises(ModelFileError, match="expected one that onnxruntime"):
        load_detector(path).plan((9, 9))
