"""Comparison with OpenCV: cases, parity first, then times."""
