"""Detectors in passes over the tiles of an image."""
