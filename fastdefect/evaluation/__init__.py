"""Labelled data sets, metrics, verdicts on a detector."""
