"""WHICH: one frozen table of planners per back end."""
