"""Results to take along: statistics, tables, curves, the lab report; no Qt."""
