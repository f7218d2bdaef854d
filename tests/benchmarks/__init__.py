"""Measurements, run by hand with their own commands and never by the test command."""
