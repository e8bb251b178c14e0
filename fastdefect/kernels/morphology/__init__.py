"""Erosion and dilation by a rectangle of ones, and the mask of what stays dark."""
