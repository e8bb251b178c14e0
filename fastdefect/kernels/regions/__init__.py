"""Runs of a mask, outlines, diameters."""
