"""``fastdefect fit``: good images in, one model file out."""
