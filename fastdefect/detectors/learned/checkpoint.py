"""Where a training stands, in a file of plain arrays: no pickle, whose loading would run whatever it says."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ModelFileError
from fastdefect.io import checked_path, read_file, write_bytes

_MOST_BYTES = 2**30
_FACTS = "facts"


def write(path: str | os.PathLike[str], facts: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Write facts, ready for JSON, and arrays; beside, then renamed."""
    buffer = io.BytesIO()
    text = np.frombuffer(json.dumps(facts, allow_nan=False).encode(), np.uint8)
    everything: dict[str, Any] = {_FACTS: text, **arrays}
    np.savez(buffer, **everything)
    write_bytes(path, buffer.getvalue())


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Facts and arrays.

    Raises
    ------
    ModelFileError
        It is no such file.
    """
    target = checked_path("checkpoint", path)

    def fault(received: str) -> ModelFileError:
        return ModelFileError(
            f"checkpoint: expected what an earlier run of this training wrote, {target}: {received}; remove the file to "
            "begin anew"
        )

    data = read_file(target, _MOST_BYTES, fault)
    try:
        _check_sizes(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        facts = json.loads(arrays.pop(_FACTS).tobytes())
    except (
        ValueError, KeyError, OSError, EOFError, RecursionError, MemoryError, zipfile.BadZipFile,
    ) as error:  # fmt: skip
        raise fault(f"received one that cannot be read ({type(error).__name__})") from error
    if not isinstance(facts, dict):
        raise fault("received another kind of file")
    return facts, arrays


def _check_sizes(data: bytes) -> None:
    """Refuse an archive that unpacks to more than it is; ours are not compressed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > len(data):
            raise ValueError("compressed")


def flattened(prefix: str, values: dict[str, Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Names and arrays of nested mappings of tensors: ``prefix/name/name``."""
    for name, value in values.items():
        key = f"{prefix}/{name}"
        if isinstance(value, dict):
            yield from flattened(key, value)
        else:
            yield key, value.detach().cpu().numpy()


def part(prefix: str, arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The arrays of a prefix, without it."""
    begin = f"{prefix}/"
    return {n.removeprefix(begin): array for n, array in arrays.items() if n.startswith(begin)}
