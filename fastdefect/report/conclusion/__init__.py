"""The first lines of a page."""
