"""The column at the left: everything that decides a run."""
