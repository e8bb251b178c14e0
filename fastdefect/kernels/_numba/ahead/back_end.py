"""From a module of LLVM's language to machine code of any processor that llvmlite has a back end for."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from llvmlite import binding

from fastdefect.frozen import Level
from fastdefect.kernels._numba.ahead.front_end import FAILED

_LIBC = frozenset(("memset", "memcpy", "memmove", "memset_pattern16"))
_LIBM = frozenset(
    ("log", "exp", "sqrt", "ceil", "floor", "hypot", "nearbyint", "rint", "fma", "pow")
)
OUTSIDE = _LIBC | _LIBM | {f"{name}f" for name in _LIBM}
"""What frozen kernels may call of the C library."""


@cache
def _machine(level: Level) -> Any:
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    binding.initialize_native_asmparser()
    target = binding.Target.from_triple(level.triple)
    return target.create_target_machine(
        cpu=level.cpu, features=level.features, opt=3, reloc="pic", codemodel="default"
    )


def machine_code(text: str, symbol: str, level: Level) -> bytes:
    """Optimise a module of `fastdefect.kernels._numba.ahead.front_end` and make machine code of it.

    Parameters
    ----------
    text : str
    symbol : str
        The one name that stays visible.
    level : Level

    Returns
    -------
    bytes
        An object file.

    Raises
    ------
    ValueError
        The kernel can raise, or calls what no C library has.

    Notes
    -----
    An instruction of another architecture in the module ends the process: call it in one of its own. The phases are those
    of Numba's compiler: with the last alone, loops that call helpers lose their vectors; without the first, the last part
    of NL-means takes 1.2 times as long, for indices are not seen to be positive.
    """
    machine = _machine(level)
    module = binding.parse_assembly(_for_level(text, level))
    module.triple, module.data_layout = level.triple, str(machine.target_data)
    for function in module.functions:
        if not function.is_declaration and function.name != symbol:
            function.linkage = "internal"
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    for function in module.functions:
        if not function.is_declaration:
            each = _builder(machine, 3, True)
            each.getFunctionPassManager().run(function, each)
    cheap = _builder(machine, 0, False)
    passes = cheap.getModulePassManager()
    passes.add_loop_rotate_pass()
    passes.add_instruction_combine_pass()
    passes.add_jump_threading_pass()
    passes.run(module, cheap)
    full = _builder(machine, 3, True)
    full.getModulePassManager().run(module, full)
    module.verify()
    called = {
        f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.")
    }
    if FAILED in called:
        raise ValueError(f"{symbol}: expected a kernel that cannot raise, received one that can")
    if called - OUTSIDE:
        raise ValueError(
            f"{symbol}: expected no calls but of the C library, received {', '.join(sorted(called - OUTSIDE))}"
        )
    code: bytes = machine.emit_object(module)
    return code


def _for_level(text: str, level: Level) -> str:
    """The module without the target it was written for, and told which processor to tune for."""
    neutral = re.sub(r"^target .*\n", "", text, flags=re.MULTILINE)
    if not level.tuning:
        return neutral
    return re.sub(
        r"^(define .*) \{$", rf'\1 "tune-cpu"="{level.tuning}" {{', neutral, flags=re.MULTILINE
    )


def _builder(machine: Any, speed: int, vectors: bool) -> Any:
    tuning = binding.create_pipeline_tuning_options(speed)
    tuning.loop_vectorization = vectors
    tuning.slp_vectorization = False  # as in the just-in-time compiler
    return binding.create_pass_builder(machine, tuning)
