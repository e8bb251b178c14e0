"""Explicit vectors: builders, intrinsics, specializations."""
