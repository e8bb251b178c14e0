"""What Jupyter shows in place of a text."""
