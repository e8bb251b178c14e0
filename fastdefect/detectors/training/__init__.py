"""What detectors that learn from good images share: calibration with groups left out, and entries of model files."""
