"""Benchmarks that a sceptic can repeat; see ``python -m benchmarks.results --help`` and RESULTS.md."""
