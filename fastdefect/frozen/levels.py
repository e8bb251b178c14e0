"""Levels of processors: what a frozen library has machine code for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """Processors that run the same machine code.

    Attributes
    ----------
    name : str
        As ``fastdefect freeze --target`` takes it.
    number : int
        What `fd_level` of the library answers on the least of these processors; a higher one runs lower levels of its
        architecture too. 0 for architectures of one level.
    triple, cpu, features : str
        For LLVM.
    path : str
        Processor path that kernels are specialised for.
    tuning : str
        Processor whose costs of instructions are reckoned with; empty for those that LLVM has for ``cpu``.
    """

    name: str
    number: int
    triple: str
    cpu: str
    features: str
    path: str
    tuning: str = ""

    @property
    def architecture(self) -> str:
        """What one library is for, and its folder: ``x86_64``, ``aarch64``, ``riscv64``, ``aarch64-macos``."""
        machine, _, system = self.triple.partition("-")
        return f"{machine}-macos" if system.startswith("apple") else machine

    @property
    def prefix(self) -> str:
        """What its symbols begin with behind ``fd_``: ``v3`` of ``x86-64-v3``, else the name."""
        return self.name.removeprefix("x86-64-")


_X86, _ARM, _RISCV = (f"{name}-unknown-linux-gnu" for name in ("x86_64", "aarch64", "riscv64"))
_APPLE = "aarch64-apple-macosx11.0.0"
LEVELS = {
    level.name: level
    for level in (
        # the costs of a Haswell, LLVM's for v3, make NL-means 3.5 % slower than the just-in-time compiler's on a Zen 3,
        # Zen 3's 0.7 %; for v4 those of Sapphire Rapids and of Zen 4 were no better than LLVM's (2.3 %)
        Level("x86-64-v4", 4, _X86, "x86-64-v4", "", "avx512"),
        Level("x86-64-v3", 3, _X86, "x86-64-v3", "", "avx2", tuning="znver3"),
        Level("x86-64-v2", 2, _X86, "x86-64-v2", "", "portable"),
        Level("aarch64", 0, _ARM, "generic", "+neon", "neon"),
        Level("macos", 0, _APPLE, "apple-m1", "", "neon"),
        Level("riscv64", 0, _RISCV, "generic-rv64", "+m,+a,+f,+d,+c", "portable"),
    )
}
"""By name, the best of an architecture first."""
