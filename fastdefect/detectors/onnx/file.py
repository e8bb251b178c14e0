"""Files of networks: an ONNX file, with an entry of its metadata that says how it is used, or a TOML beside it that does.

What this package writes is one file: the network, a JSON document of the format and version, recipe, threshold,
calibration and domain, and a digest of both, which tells damage from what was saved. Nothing in it is executed but
the network's own operators by ONNX Runtime; weights in other files are refused, for their names would be the file's
choice.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from fastdefect.calibration.domain import Domain
from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.model_file import bad_model, read_bytes
from fastdefect.detectors.onnx import protobuf
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.training.document import calibration_of, domain_of, packed_fields
from fastdefect.detectors.training.entries import mapping, number
from fastdefect.errors import ArgumentValueError, FastDefectError, ModelFileError
from fastdefect.io import checked_path, read_file, write_bytes

FORMAT = "fastdefect onnx network"
VERSION = 1
# The largest network of anomalib's that runs on a processor in useful time has 300 MB.
MOST_BYTES = 512 * 2**20
_DOCUMENT, _DIGEST = "fastdefect.model", "fastdefect.digest"
_MOST_TEXT = 2**20
# The first byte of every ONNX file: its first field, the version of the format, as a number.
_FIRST = b"\x08"


class Content(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    network : bytes
        The ONNX file without our metadata.
    recipe : Recipe
    threshold : float
    mask_threshold : float or None
    calibration : Calibration or None
    domain : Domain or None
    settings : dict
        What it was trained with; empty for a network from elsewhere.
    """

    network: bytes
    recipe: Recipe
    threshold: float
    mask_threshold: float | None = None
    calibration: Calibration | None = None
    domain: Domain | None = None
    settings: dict[str, Any] = {}  # noqa: RUF012  a tuple's default, replaced and never changed


def write(path: str | os.PathLike[str], form: str, content: Content) -> None:
    """Write one file with everything in it, unless `read` would refuse it."""
    target = checked_path("path", path)
    domain, calibration = content.domain, content.calibration
    document = {
        "format": form,
        "version": VERSION,
        "recipe": content.recipe.packed(),
        "settings": content.settings,
        "threshold": content.threshold,
        "mask_threshold": content.mask_threshold,
        "calibration": None if calibration is None else asdict(calibration),
        "domain": None if domain is None else packed_fields(domain),
    }
    try:
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()
        _unpack(target, content.network, json.loads(text))
    except (ValueError, ModelFileError) as error:
        raise ArgumentValueError(
            f"model: expected one whose file load would read, received another ({error}); nothing was written: "
            "choose thresholds within these limits"
        ) from error
    entries = {_DOCUMENT: text, _DIGEST: _digest(content.network, text).encode()}
    write_bytes(target, protobuf.with_metadata(content.network, entries))


def is_network(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as ONNX files do; False for what cannot be read, so that its reader says why."""
    try:
        return read_file(checked_path("path", path), MOST_BYTES, ModelFileError, first=1) == _FIRST
    except ModelFileError:
        return False


def network_format(path: str | os.PathLike[str]) -> str:
    """The format that a network's document names; `FORMAT` for a network of another program, which has none."""
    document = _split(path)[1]
    return FORMAT if document is None else str(document["format"])


def read(path: str | os.PathLike[str], form: str) -> Content:
    """Read a network with its document, or one of another program with the TOML beside it; all of it checked.

    Raises
    ------
    ModelFileError
        For a missing, foreign, damaged or hostile file, before memory is taken for what it claims.
    """
    network, document = _split(path)
    if document is None and form == FORMAT:
        return _foreign(checked_path("path", path), network)
    if document is None or document["format"] != form:
        raise bad_model(path, "another kind of file")
    return _unpack(path, network, document)


def _foreign(target: Path, network: bytes) -> Content:
    """A network of another program, with the TOML beside it that says how it is used."""
    beside = target.with_suffix(".toml")

    def fault(received: str) -> ModelFileError:
        return ModelFileError(
            f"path: expected beside {target.name} a file {beside} that says how the network is used, {received}; it has a "
            'threshold and a table [network] with map = "NAME OF AN OUTPUT" and what else Recipe knows'
        )

    data = read_file(beside, _MOST_TEXT, fault)
    try:
        entries = tomllib.loads(data.decode("utf-8"))
        unknown = sorted({*entries} - {"threshold", "mask_threshold", "network"})
        if unknown:
            raise ModelFileError(f"an unknown entry {unknown[0][:40]!r}")
        given = {"mask_threshold": None, **entries}
        return Content(
            network=network,
            recipe=Recipe.of(mapping(given, "network")),
            threshold=number(given, "threshold", 0, 1e305),
            mask_threshold=_mask_threshold(given),
        )
    except KeyError as error:
        raise fault(f"received one without {error}") from error
    except (ValueError, TypeError, RecursionError, FastDefectError) as error:
        raise fault(f"received a wrong one ({str(error)[:300]})") from error


def _split(path: str | os.PathLike[str]) -> tuple[bytes, dict[str, Any] | None]:
    """The network and its document, whose digest fits."""
    target = checked_path("path", path)
    data = read_bytes(target, MOST_BYTES)
    try:
        protobuf.check_whole(data)
        network, entries = protobuf.split_metadata(data)
    except ValueError as error:
        raise bad_model(target, f"no ONNX file that is whole and by itself ({error})") from error
    text = entries.get(_DOCUMENT)
    if text is None:
        return network, None
    if entries.get(_DIGEST) != _digest(network, text).encode():
        raise bad_model(target, "content that does not fit its digest: damaged, or edited")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise bad_model(target, f"no readable document ({type(error).__name__})") from error
    if not isinstance(document, dict) or not isinstance(document.get("format"), str):
        raise bad_model(target, "another kind of file")
    return network, document


def _unpack(path: Any, network: bytes, document: dict[str, Any]) -> Content:
    """Checked content of a document."""
    version = document.get("version")
    if version != VERSION or isinstance(version, bool):
        raise bad_model(path, f"version {str(version)[:20]}, this fastdefect reads {VERSION}")
    try:
        recipe = Recipe.of(mapping(document, "recipe"))
        calibration, domain = document["calibration"], document["domain"]
        return Content(
            network=network,
            recipe=recipe,
            threshold=number(document, "threshold", 0, 1e305),
            mask_threshold=_mask_threshold(document),
            calibration=None
            if calibration is None
            else calibration_of(mapping(document, "calibration")),
            domain=None
            if domain is None
            else domain_of(mapping(document, "domain"), recipe.channels),
            settings=mapping(document, "settings"),
        )
    except (KeyError, TypeError, ValueError, OverflowError, FastDefectError) as error:
        raise bad_model(path, f"a wrong entry ({str(error)[:200]})") from error


def _mask_threshold(content: dict[str, Any]) -> float | None:
    mask = content["mask_threshold"]
    return None if mask is None else number(content, "mask_threshold", 0, 1e305)


def _digest(network: bytes, text: bytes) -> str:
    """SHA-256 of the network, whole without our metadata, and of the document."""
    found = hashlib.sha256(network)
    found.update(b"\0" + text)
    return f"sha256:{found.hexdigest()}"
