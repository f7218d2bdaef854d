"""The page Train: the run in view while it learns."""
