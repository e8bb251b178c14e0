"""``fastdefect bench``: every stage against OpenCV, parity first."""
