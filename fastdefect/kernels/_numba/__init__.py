"""The only place of Numba's private parts, and the JIT options."""
