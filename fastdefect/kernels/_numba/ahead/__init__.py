"""Ahead of time: machine code of kernels for a library, by front end and back end."""
