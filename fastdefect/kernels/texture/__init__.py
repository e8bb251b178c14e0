"""The texture model's kernels."""
