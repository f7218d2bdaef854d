"""The live plots, imported only after the window is painted."""
