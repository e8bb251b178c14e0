"""Arrays that a kernel borrows for the length of a call, without Numba's counting of references.

Numba makes a handle of 48 bytes on the heap for each array argument and drops it after the call: 200 a frame. The
callers of our kernels hold their arrays anyway, so an unmanaged array is its address and shape alone. It must not be
returned.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.extending import NativeValue, register_model, unbox

# Where NumPy's C structure of an array has what: behind the object's head, pointers to the data, to the lengths of the
# axes (behind their number) and to the strides. It has been so since NumPy 1.0; `_found` looks at one array.
_DATA = object.__basicsize__
_SHAPE, _STRIDES = _DATA + 16, _DATA + 24


class UnmanagedArray(types.Array):  # type: ignore[misc]  # Numba is untyped
    """The type of a borrowed array: as that of an ordinary one, but writable and never counted."""

    def __init__(self, dtype: Any, ndim: int, layout: str) -> None:
        super().__init__(
            dtype, ndim, layout, readonly=False, name=f"unmanaged({dtype}, {ndim}d, {layout})"
        )

    def copy(
        self, dtype: Any = None, ndim: int | None = None, layout: str | None = None, **_: Any
    ) -> UnmanagedArray:
        """The type of a part of such an array."""
        return UnmanagedArray(
            dtype or self.dtype, self.ndim if ndim is None else ndim, layout or self.layout
        )


register_model(UnmanagedArray)(models.ArrayModel)


@unbox(UnmanagedArray)
def _unbox_unmanaged(kind: UnmanagedArray, value: Any, c: Any) -> NativeValue:
    return NativeValue(array_of_object(c.context, c.builder, kind, value))


def array_of_object(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """LLVM value: the array whose NumPy object lies at an address."""
    byte, word = ir.IntType(8).as_pointer(), context.get_value_type(types.intp)

    def field(offset: int, what: ir.Type) -> Any:
        place = builder.gep(builder.bitcast(value, byte), [ir.IntType(64)(offset)])
        return builder.load(builder.bitcast(place, what.as_pointer()))

    def words(offset: int) -> list[Any]:
        first = field(offset, word.as_pointer())
        return [builder.load(builder.gep(first, [ir.IntType(64)(i)])) for i in range(kind.ndim)]

    array = context.make_array(kind)(context, builder)
    shape, count = words(_SHAPE), word(1)
    for length in shape:
        count = builder.mul(count, length)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    array.nitems = count
    array.itemsize = word(context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    array.data = builder.bitcast(field(_DATA, byte), array.data.type)
    array.shape = cgutils.pack_array(builder, shape, word)
    array.strides = cgutils.pack_array(builder, words(_STRIDES), word)
    return array._getvalue()


def unmanaged(kind: Any, layout: str | None = None) -> Any:
    """The type with every array in it unmanaged; ``layout`` replaces that of an array."""
    if isinstance(kind, types.Array) and _FOUND:
        return UnmanagedArray(kind.dtype, kind.ndim, layout or kind.layout)
    if isinstance(kind, types.Array):
        return kind.copy(layout=layout or kind.layout, readonly=False)
    if isinstance(kind, types.NamedUniTuple):
        return types.NamedUniTuple(unmanaged(kind.dtype), kind.count, kind.instance_class)
    if isinstance(kind, types.NamedTuple):
        return types.NamedTuple(tuple(map(unmanaged, kind)), kind.instance_class)
    if isinstance(kind, types.UniTuple):
        return types.UniTuple(unmanaged(kind.dtype), kind.count)
    return types.Tuple(tuple(map(unmanaged, kind))) if isinstance(kind, types.Tuple) else kind


def _found() -> bool:
    """Whether this interpreter's arrays lie in memory as expected."""

    def words(address: int, count: int) -> list[int]:
        return list((ctypes.c_ssize_t * count).from_address(address))

    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return False
    array = np.zeros((3, 5, 7), np.uint16)
    data, shape, strides = (words(id(array) + place, 1)[0] for place in (_DATA, _SHAPE, _STRIDES))
    if data != array.ctypes.data or words(id(array) + _DATA + 8, 1)[0] & 0xFFFFFFFF != 3:
        return False
    return words(shape, 3) == [3, 5, 7] and words(strides, 3) == list(array.strides)


_FOUND = _found()
