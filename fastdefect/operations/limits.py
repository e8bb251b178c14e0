"""Limits that belong to no single operation."""

THREADS_MAX = 256
