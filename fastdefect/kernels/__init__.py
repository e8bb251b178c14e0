"""HOW: Numba kernels, one file per family of operations. Numba is imported here and nowhere else."""
