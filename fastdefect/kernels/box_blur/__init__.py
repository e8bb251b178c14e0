"""Normalised box filter, of a grey image and of the value channel of a colour image."""
