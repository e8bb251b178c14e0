"""A kernel as a module of LLVM's language that nothing has optimised yet: what the freezer makes machine code of.

Behind the kernel stands a function with the calling convention of frozen kernels (`fastdefect.frozen.calls`), which builds
Numba's arguments from addresses and numbers. Nothing in the module belongs to a processor but what its specialization
names, and nothing to Python: arrays are borrowed, so no references are counted.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target

from fastdefect.kernels._numba.dispatcher import OPTIONS, kinds
from fastdefect.kernels._numba.linked import linked
from fastdefect.kernels._numba.unmanaged import array_of_object
from fastdefect.kernels._numba.vector_types import SpecializationType

FAILED = "fd_failed"
"""What the function calls where the kernel raises; LLVM drops the call of every kernel that cannot."""
_WORD, _POINTER, _DOUBLE = ir.IntType(64), ir.IntType(8).as_pointer(), ir.DoubleType()


def emit(
    kernel: Any, arguments: tuple[Any, ...], images: tuple[int, ...], symbol: str
) -> tuple[str, str]:
    """Compile a kernel for arguments like these as far as LLVM's language.

    Parameters
    ----------
    kernel : Kernel
    arguments : tuple
    images : tuple of int
        Positions of arrays that are taken as strided.
    symbol : str
        Name of the function to call.

    Returns
    -------
    (str, str)
        The module's text, and what the function returns, as `fastdefect.frozen.likeness` names it.
    """
    OPTIONS["_nrt"] = (
        False  # no counting of references in this process, also by kernels that are called by others
    )
    signature = kinds(arguments, images)
    dispatcher = linked(kernel.function, OPTIONS)
    dispatcher.compile(signature)
    (result,) = dispatcher.overloads.values()
    with global_compiler_lock:
        result.library._ensure_finalized()
    module = binding.parse_assembly(str(result.library._final_module))
    module.link_in(binding.parse_assembly(str(_entrance(result.fndesc, symbol))))
    return str(module), _returned(result.fndesc.restype)


def _entrance(described: Any, symbol: str) -> ir.Module:
    """The module of the function ``symbol``."""
    context = cpu_target.target_context
    module = ir.Module(symbol)
    several = isinstance(described.restype, types.BaseTuple)
    result = described.restype
    kind = ir.VoidType() if several or result == types.none else _passed(result)
    passed = [_passed(argument) for argument in described.argtypes] + [_POINTER] * several
    function = ir.Function(module, ir.FunctionType(kind, passed), symbol)
    builder = ir.IRBuilder(function.append_basic_block())
    values = [
        _argument(context, builder, argument, value)
        for argument, value in zip(described.argtypes, function.args, strict=False)
    ]
    inner = context.call_conv.get_function_type(result, described.argtypes)
    callee = ir.Function(module, inner, described.llvm_func_name)
    status, found = context.call_conv.call_function(
        builder, callee, result, described.argtypes, values
    )
    with builder.if_then(status.is_error):
        builder.call(ir.Function(module, ir.FunctionType(ir.VoidType(), []), FAILED), [])
    if several:
        place = builder.bitcast(function.args[-1], _WORD.as_pointer())
        for number, part in enumerate(result):
            value = _result(builder, part, builder.extract_value(found, number))
            where = builder.gep(place, [_WORD(number)])
            builder.store(value, builder.bitcast(where, value.type.as_pointer()))
    if several or result == types.none:
        builder.ret_void()
    else:
        builder.ret(_result(builder, result, found))
    return module


def _passed(kind: Any) -> Any:
    """LLVM's type of an argument or result."""
    if isinstance(kind, types.Float):
        return _DOUBLE
    return _WORD if isinstance(kind, (types.Integer, types.Boolean)) else _POINTER


def _argument(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """Numba's value of what was passed."""
    if isinstance(kind, types.BaseTuple):
        words = builder.bitcast(value, _WORD.as_pointer())
        return _tuple(context, builder, kind, words, 0)[0]
    return _part(context, builder, kind, value)


def _tuple(context: Any, builder: Any, kind: Any, words: Any, at: int) -> tuple[Any, int]:
    """The tuple whose words begin at a place, and the place behind them."""
    parts = []
    for part in kind:
        if isinstance(part, types.BaseTuple):
            value, at = _tuple(context, builder, part, words, at)
        elif isinstance(part, SpecializationType):
            value = context.get_dummy_value()
        else:
            word = builder.load(builder.gep(words, [_WORD(at)]))
            at += 1
            if isinstance(part, types.Float):
                word = builder.bitcast(word, _DOUBLE)
            elif isinstance(part, types.Array):
                word = builder.inttoptr(word, _POINTER)
            value = _part(context, builder, part, word)
        parts.append(value)
    return context.make_tuple(builder, kind, parts), at


def _part(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    if isinstance(kind, types.Array):
        return array_of_object(context, builder, kind, value)
    if isinstance(kind, types.Boolean):
        return builder.icmp_unsigned("!=", value, _WORD(0))
    if isinstance(kind, types.Integer):
        return builder.trunc(value, ir.IntType(kind.bitwidth)) if kind.bitwidth < 64 else value
    if isinstance(kind, types.Float):
        return builder.fptrunc(value, ir.FloatType()) if kind.bitwidth == 32 else value
    if isinstance(kind, SpecializationType):
        return context.get_dummy_value()
    raise TypeError(f"a frozen kernel takes no {kind}")


def _result(builder: Any, kind: Any, value: Any) -> Any:
    """What is returned of Numba's value."""
    if isinstance(kind, types.Float):
        return builder.fpext(value, _DOUBLE) if kind.bitwidth == 32 else value
    if isinstance(kind, types.Boolean):
        return builder.zext(value, _WORD)
    if kind.bitwidth == 64:
        return value
    return (builder.sext if kind.signed else builder.zext)(value, _WORD)


def _returned(kind: Any) -> str:
    if kind == types.none:
        return ""
    if isinstance(kind, types.BaseTuple):
        return f"({', '.join(map(_returned, kind))})"
    if isinstance(kind, types.Boolean):
        return "b1"
    letter = "f" if isinstance(kind, types.Float) else "i" if kind.signed else "u"
    return f"{letter}{kind.bitwidth // 8}"
