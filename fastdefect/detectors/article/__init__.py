"""The article's detector."""
