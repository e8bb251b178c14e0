"""Ranges of the parameters that several operations share."""

BLUR_MAX = 255
STRUCTURING_MAX = 63
NL_MEANS_WINDOW_MAX = 99
THREADS_MAX = 256
