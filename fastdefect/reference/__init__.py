"""TRUTH: the same operations in plain OpenCV and NumPy, slow and obvious, kept as the oracle."""
