"""Limits that belong to no single operation."""

THREADS_MAX = 256
H_MAX = 1e18  # its square, which is taken in single precision, is finite
