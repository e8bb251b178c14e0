"""Timing, parity and the description of the machine; used by tests, benchmarks and the command line alike."""
