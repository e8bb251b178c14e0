"""Value channel and HSV of 8-bit BGR."""
