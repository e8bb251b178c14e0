"""Declarations of operations: plain data."""
