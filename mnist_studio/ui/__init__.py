"""The window: widgets, panels, theme."""
