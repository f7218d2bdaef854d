"""What is in a widget."""


def child(widget, kind, name):
    """Return the child of a kind and a name, which has to be there."""
    found = widget.findChild(kind, name)
    assert found is not None, name
    return found
