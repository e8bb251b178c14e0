"""NL-means."""
