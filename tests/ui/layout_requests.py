"""How much laying out a change costs."""

from PySide6.QtCore import QEvent, QObject


class LayoutRequests(QObject):
    """How often a widget was asked to lay its children out anew."""

    def __init__(self, widget):
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.LayoutRequest
        return super().eventFilter(watched, event)
