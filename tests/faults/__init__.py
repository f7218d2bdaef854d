"""Faults, made on purpose: nothing is lost and nothing let in. `python -m tests.faults`."""
