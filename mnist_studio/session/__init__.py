"""The bridge between training and window: worker thread, session, settings (QtCore only)."""
