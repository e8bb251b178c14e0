"""Small ONNX files, written field by field: the package onnx is not needed to run networks, nor to test that."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

FLOAT = 1


def number(field: int, value: int) -> bytes:
    """A field of a number."""
    return _varint(field << 3) + _varint(value & (2**64 - 1))


def message(field: int, *parts: bytes) -> bytes:
    """A field of bytes."""
    content = b"".join(parts)
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def text(field: int, value: str) -> bytes:
    """A field of text."""
    return message(field, value.encode())


def tensor(name: str, values: np.ndarray) -> bytes:
    """An initializer of a graph."""
    values = np.asarray(values, np.float32)
    dims = b"".join(number(1, side) for side in values.shape)
    return message(5, dims, number(2, FLOAT), text(8, name), message(9, values.tobytes()))


def outside(name: str, side: int, place: str = "/etc/passwd") -> bytes:
    """An initializer whose values lie in another file."""
    entry = message(13, text(1, "location"), text(2, place))
    return message(5, number(1, side), number(2, FLOAT), text(8, name), entry, number(14, 1))


def node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object) -> bytes:
    """A node of a graph; attributes are integers or lists of them."""
    parts = [*(text(1, name) for name in inputs), *(text(2, name) for name in outputs)]
    parts.append(text(4, kind))
    for name, value in attributes.items():
        if isinstance(value, int):
            parts.append(message(5, text(1, name), number(3, value), number(20, 2)))
        else:
            many = b"".join(number(8, each) for each in value)
            parts.append(message(5, text(1, name), many, number(20, 7)))
    return message(1, *parts)


def value(field: int, name: str, shape: Sequence[int | str], kind: int = FLOAT) -> bytes:
    """An input (field 11) or output (12) of a graph."""
    dims = b"".join(
        message(1, number(1, side) if isinstance(side, int) else text(2, side)) for side in shape
    )
    return message(field, text(1, name), message(2, message(1, number(1, kind), message(2, dims))))


def model(*graph: bytes, extra: bytes = b"") -> bytes:
    """A file: format 8, operators of version 13."""
    return number(1, 8) + message(7, *graph, text(2, "g")) + message(8, number(2, 13)) + extra


def darkness(
    size: tuple[int | str, int | str] = ("height", "width"),
    *,
    weights: Sequence[float] = (1 / 3, 1 / 3, 1 / 3),
    most: float = 255.0,
    channels_last: bool = False,
) -> bytes:
    """How much darker than ``most`` a mean of 5 by 5 pixels is, as anomalib names its outputs; the score is the maximum."""
    given: tuple[int | str, ...] = (
        (1, *size, len(weights)) if channels_last else (1, len(weights), *size)
    )
    first = [node("Transpose", ["image"], ["planes"], perm=[0, 3, 1, 2])] if channels_last else []
    return model(
        *first,
        node("Conv", ["planes" if channels_last else "image", "weights"], ["grey"]),
        node("AveragePool", ["grey"], ["mean"], kernel_shape=[5, 5], pads=[2, 2, 2, 2]),
        node("Sub", ["most", "mean"], ["anomaly_map"]),
        node("ReduceMax", ["anomaly_map"], ["pred_score"], keepdims=0),
        tensor("weights", np.reshape(weights, (1, -1, 1, 1))),
        tensor("most", np.array([most])),
        value(11, "image", given),
        value(12, "anomaly_map", (1, 1, *size)),
        value(12, "pred_score", ()),
    )


TOML = """\
threshold = {threshold}

[network]
map = "anomaly_map"
{more}
"""


def write_pair(folder: Path, network: bytes, threshold: float, more: str = "") -> Path:
    """A network of another program with its TOML beside it."""
    path = folder / "foreign.onnx"
    path.write_bytes(network)
    path.with_suffix(".toml").write_text(TOML.format(threshold=threshold, more=more), "utf-8")
    return path


def float_bytes(value: float) -> bytes:
    """A float32 as it stands in a file."""
    return struct.pack("<f", value)


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])
