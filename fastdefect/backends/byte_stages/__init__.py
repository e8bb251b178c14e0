"""Planners of the stages whose kernels work on vectors of bytes, over strips."""
