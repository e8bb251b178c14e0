"""Regions as a table: measures, merging, severity."""
