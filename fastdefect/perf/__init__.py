"""Instruments: times, memory, machine, limits."""
