"""``fastdefect freeze``: kernels as a library of machine code."""
