"""The three columns of the window: the outer two fold to rails, so that the page has the room."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QJsonDocument, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QStackedWidget, QWidget

from . import theme
from .column import Column, rail_width
from .widgets import SPACING, Place

PAGE = QSize(468, 380)
"""What a page has at least, in pixels, its width at scale 1; below that, columns fold."""
_USUAL = QSize(1256, 620)  # of the three columns in the window's first size


class Columns(QSplitter):
    """Places the columns: each as wide as it was left, the page has the rest.

    Where the window is too narrow, columns are folded until the page has its room, the one that
    was unfolded last as the last. One that is unfolded where no room is left has the page's.

    Parameters
    ----------
    left, right : Column
        Beside the page.

    Attributes
    ----------
    left, right : Column
        As given.
    page : Pages
        Between them.

    Signals
    -------
    arranged()
        The columns have their widths; another one may be folded than before.
    """

    arranged = Signal()

    def __init__(self, left: Column, right: Column, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.left, self.right = left, right
        self.page = Pages()
        self._order = [right, left]
        self._bare = False
        self._insisted: Column | None = None  # unfolded where there was no room for it
        self._spared_below: dict[Column, int] = {}
        for index, column in enumerate((left, self.page, right)):
            self.addWidget(column)
            self.setStretchFactor(index, index % 2)
            self.setCollapsible(index, column is not self.page)
        self.setHandleWidth(SPACING + 4)
        for side in (left, right):
            side.rail.clicked.connect(self._on_rail_clicked)
        self.splitterMoved.connect(self._on_moved)
        theme.notifier().changed.connect(self.arrange)

    def toggle(self, column: Column) -> None:
        """Fold a column, or unfold it, also where another has to make room for it."""
        if not self.can_toggle(column):
            return
        unfold = column.folded
        if column.spares:
            column.spared = not unfold  # a wish for the page that is shown, not for all of them
        else:
            column.wanted = unfold
            if unfold:
                self._order.remove(column)
                self._order.insert(0, column)
        self._insisted = None
        self.arrange()
        if unfold and column.folded:
            self._insisted = column
            self.arrange()

    def unfold(self, column: Column) -> None:
        """Unfold a column that is folded."""
        if column.folded:
            self.toggle(column)

    def can_toggle(self, column: Column) -> bool:
        """Return whether the page has the column beside it, be it folded or not."""
        return column.shown and not self._bare

    def set_shown(self, column: Column, shown: bool) -> None:
        """Leave a column out for the page that is shown, or put it back."""
        column.shown = shown
        self.arrange()

    def set_spared(self, column: Column, below: int) -> None:
        """Fold a column for the page that is shown where fewer pixels are there, at scale 1.

        Elsewhere it is left as the user wants it.
        """
        self._spared_below[column] = below
        self._insisted = None
        column.spares = column.spared = False
        self.arrange()

    def set_bare(self, bare: bool) -> None:
        """Leave both columns out for the page's sake, or put them back."""
        self._bare = bare
        self.arrange()

    @Slot()
    def arrange(self) -> None:
        """Give the columns their widths; fold what does not fit."""
        for column, below in self._spared_below.items():
            spares = self.width() < theme.scaled(below)
            if spares != column.spares:
                column.spares = column.spared = spares
        focused = self.window().focusWidget()
        shown = [column for column in self._order if column.shown and not self._bare]
        shown.sort(key=lambda each: (each is not self._insisted, not each.spares or each.spared))
        for column in self._order:
            column.setVisible(column in shown)
        self.refresh()  # or the gap of a column that is left out would count
        room = self.width() - theme.scaled(PAGE.width())
        room -= len(shown) * (self.handleWidth() + rail_width())
        widths = dict.fromkeys(self._order, 0)
        for column in shown:
            widths[column] = rail_width()
            least = column.least_width() - rail_width()
            narrow = room < least and column is not self._insisted
            unwanted = column.spared if column.spares else not column.wanted
            column.set_folded(narrow or unwanted)
            if not column.folded:
                usual = round(column.usual_width * self._zoom(column)) - rail_width()
                widths[column] += max(least, min(usual, room))
                room -= widths[column] - rail_width()
        self.page.squeeze(room < 0)
        rest = self.width() - sum(widths.values()) - len(shown) * self.handleWidth()
        self.setSizes([widths[self.left], rest, widths[self.right]])
        if self.isVisible() and focused is not None and not focused.isVisible():
            self.window().setFocus()  # or whatever comes next would have it, and the keys
        self.arranged.emit()

    def state(self) -> QByteArray:
        """Return widths and folds, to be remembered."""
        columns = [[column.usual_width, column.wanted] for column in (self.left, self.right)]
        return QJsonDocument.fromVariant(columns).toJson(QJsonDocument.JsonFormat.Compact)

    def restore(self, state: QByteArray) -> None:
        """Take on what :meth:`state` returned; ignore what is not that."""
        # Python's json would take its time to be imported before the first paint.
        match QJsonDocument.fromJson(state).toVariant():
            case [[int(left), bool(left_wanted)], [int(right), bool(right_wanted)]]:
                self.left.usual_width, self.left.wanted = left, left_wanted
                self.right.usual_width, self.right.wanted = right, right_wanted
        self.arrange()

    def minimumSizeHint(self) -> QSize:
        """Need no more than a page beside two rails."""
        columns = 2 * (rail_width() + self.handleWidth())
        return QSize(theme.scaled(PAGE.width()) + columns, PAGE.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the widths of the columns; the page has what is left."""
        super().resizeEvent(event)
        self.arrange()

    def createHandle(self) -> QSplitterHandle:
        """Make handles that fold by a click."""
        return _Handle(self.orientation(), self)

    @Slot()
    def _on_rail_clicked(self) -> None:
        self.toggle(self.left if self.sender() is self.left.rail else self.right)

    @Slot(int, int)
    def _on_moved(self, _position: int, index: int) -> None:
        """Remember the width of a column, or fold it if it was dragged to nothing."""
        column, size = (self.left, self.sizes()[0]) if index == 1 else (self.right, self.sizes()[2])
        if not size:
            self.toggle(column)
        elif not column.folded:
            column.usual_width = round(size / self._zoom(column))

    def _zoom(self, column: Column) -> float:
        """Return how many pixels a column has now for each of its usual ones."""
        usual = _USUAL * theme.scale()
        beyond = min(self.width() / usual.width(), self.height() / usual.height()) - 1
        return theme.scale() * (1 + column.growth * max(0.0, beyond))


class Pages(Place):
    """Needs the same room whatever is shown of whichever page: none has the window laid out."""

    def __init__(self) -> None:
        self._stack = QStackedWidget()
        self._squeezed = False
        super().__init__(self._stack)

    def squeeze(self, squeezed: bool) -> None:
        """Let a column have room that a page usually has, or no longer."""
        self._squeezed = squeezed

    def keep(self, page: QWidget) -> None:
        """Keep a page, hidden until it is shown."""
        if self._stack.indexOf(page) < 0:
            self._stack.addWidget(page)

    def show_page(self, page: QWidget) -> None:
        """Show a page, which is kept."""
        self.keep(page)
        self._stack.setCurrentWidget(page)

    def minimumSizeHint(self) -> QSize:
        """Need no less, unless a column has been unfolded where there was no room for it."""
        return QSize(0 if self._squeezed else theme.scaled(PAGE.width()), PAGE.height())


class _Handle(QSplitterHandle):
    """The gap beside a column: drag it for another width, click it to fold the column."""

    def __init__(self, orientation: Qt.Orientation, columns: Columns) -> None:
        super().__init__(orientation, columns)
        self._columns = columns
        self._pressed_at = self._width_before = 0
        self._unfolds = False

    def _column(self) -> Column:
        columns = self._columns
        return columns.left if columns.handle(1) is self else columns.right

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note what a click or a drag begins with."""
        self._pressed_at = event.globalPosition().toPoint().x()
        self._width_before = self._column().usual_width
        self._unfolds = self._column().folded
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, unless there is a rail: that has one width."""
        if not self._unfolds:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold by a click, which moves nothing; unfold by anything."""
        super().mouseReleaseEvent(event)
        column = self._column()
        if self._unfolds or event.globalPosition().toPoint().x() == self._pressed_at:
            self._columns.toggle(column)
        elif column.folded:
            column.usual_width = self._width_before

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint an arrow that says which way a click goes."""
        column = self._column()
        self.setToolTip(column.fold_tip)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = theme.color("accent" if self.underMouse() else "dim")
        painter.setPen(QPen(color, 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y = self.width() / 2, self.height() / 2
        bend = 1.6 if column.folded == (column is self._columns.left) else -1.6
        painter.drawPolyline(
            QPolygonF([QPointF(x - bend, y - 4), QPointF(x + bend, y), QPointF(x - bend, y + 4)])
        )
