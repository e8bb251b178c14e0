"""Two detectors joined: an image is defective where either says so, at one named rate for both."""
