"""The tab that compares runs: curves of many, their table, sweeps."""
