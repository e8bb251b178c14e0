"""``fastdefect warmup``: kernels compiled before they are needed."""
