"""Proof that what runs is what was approved: results of stored images, and their comparison with today's."""
