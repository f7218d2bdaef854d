"""The data: sets, loading, download, augmentation and preparation of drawings."""
