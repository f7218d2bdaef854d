"""Figures of what a network does with images: no Qt, for window, report and terminal."""
