"""Things that turn an image into a Detection."""
