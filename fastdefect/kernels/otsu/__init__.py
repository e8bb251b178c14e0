"""Otsu's threshold and fixed thresholds."""
