"""As much of an ONNX file's encoding as is needed to look at it: metadata, and what refers elsewhere.

A message is a row of fields, each a tag (number and kind) and a value; see "Encoding" in the documentation of
Protocol Buffers and ``onnx/onnx.proto``, whose numbers these are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
# Fields of a file of a few million weights are some thousands; a file of nothing but empty ones is not walked to its
# end.
_MOST_FIELDS = 2**19
_METADATA = 14
# Messages that may hold a tensor somewhere, by the field that leads to them.
_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
_EXTERNAL, _LOCATION = 13, 14


class Field(NamedTuple):
    """One field.

    Attributes
    ----------
    number : int
    value : int
        Of a number; 0 for bytes.
    begin, start, stop : int
        Where its tag begins, and where its bytes start and stop.
    """

    number: int
    value: int
    begin: int
    start: int
    stop: int


def fields(data: bytes, start: int, stop: int) -> Iterator[Field]:
    """Fields of the message in ``data[start:stop]``.

    Raises
    ------
    ValueError
        It is no message.
    """
    at = start
    while at < stop:
        begin = at
        tag, at = _varint(data, at, stop)
        number, kind, value = tag >> 3, tag & 7, 0
        if kind == _VARINT:
            first, (value, at) = at, _varint(data, at, stop)
        elif kind == _BYTES:
            length, first = _varint(data, at, stop)
            at = first + length
        elif kind in (_FIXED64, _FIXED32):
            first = at
            at += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError("a field of an unknown kind")
        if at > stop or number == 0:
            raise ValueError("a field beyond the end")
        yield Field(number, value, begin, first, at)


def split_metadata(data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The file without our entries of its metadata, and those entries.

    Parameters
    ----------
    data : bytes
        An ONNX file.

    Returns
    -------
    bytes, dict of str to bytes
        Ours begin with ``fastdefect.``.

    Raises
    ------
    ValueError
        It is no such file, is too finely divided, or has two entries of one name.
    """
    kept, found = bytearray(), {}
    for field in fields(data, 0, len(data)):
        entry = _entry(data, field) if field.number == _METADATA else None
        if entry is None:
            kept += data[field.begin : field.stop]
            continue
        name, value = entry
        if name in found:
            raise ValueError(f"two entries {name!r}")
        found[name] = value
    return bytes(kept), found


def with_metadata(data: bytes, entries: dict[str, bytes]) -> bytes:
    """The file with entries added to its metadata, at its end."""
    parts = [data]
    for name, value in entries.items():
        entry = _bytes_field(1, name.encode()) + _bytes_field(2, value)
        parts.append(_bytes_field(_METADATA, entry))
    return b"".join(parts)


def check_whole(data: bytes) -> None:
    """Refuse a file whose tensors lie in other files, whose names it would give.

    Raises
    ------
    ValueError
        For such a file, one that has no graph or is too finely divided.
    """
    left = [("model", 0, len(data))]
    count, graphs = 0, 0
    while left:
        kind, start, stop = left.pop()
        inside = _INSIDE.get(kind, {})
        for field in fields(data, start, stop):
            count += 1
            if count > _MOST_FIELDS:
                raise ValueError("too many fields")
            if kind == "tensor" and (
                field.number == _EXTERNAL or (field.number == _LOCATION and field.value)
            ):
                raise ValueError("weights in another file; save it as one file")
            if field.number in inside:
                graphs += kind == "model" and field.number == 7
                left.append((inside[field.number], field.start, field.stop))
    if graphs != 1:
        raise ValueError("no ONNX file: it has no graph")


def _entry(data: bytes, field: Field) -> tuple[str, bytes] | None:
    """Name and value of an entry of the metadata, where it is ours."""
    name, value = b"", b""
    for part in fields(data, field.start, field.stop):
        if part.number == 1:
            name = data[part.start : part.stop]
        elif part.number == 2:
            value = data[part.start : part.stop]
    return (name.decode("ascii", "replace"), value) if name.startswith(b"fastdefect.") else None


def _varint(data: bytes, at: int, stop: int) -> tuple[int, int]:
    """A number of 7 bits a byte, lowest first, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= stop:
            raise ValueError("a number beyond the end")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise ValueError("a number of more than 64 bits")


def _bytes_field(number: int, value: bytes) -> bytes:
    return _encoded(number << 3 | _BYTES) + _encoded(len(value)) + value


def _encoded(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)
