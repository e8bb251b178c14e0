"""From scores of good images to thresholds."""
