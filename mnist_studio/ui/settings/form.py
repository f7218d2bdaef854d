"""A form made from declarations: one row with label, editor and message per hyperparameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ...training.hyperparameter import Hyperparameter
from .. import theme
from ..editors import ChoiceEditor, NumberEditor, make_editor
from ..labels import label, tooltip
from ..widgets import error_label, show_error

ROW_SPACING = 5
_EDITOR_WIDTHS = (88, 124)  # in a narrow column and in a wide one, at scale 1


class Form(QObject):
    """Editors of a configuration's fields, laid out in one or several grids of rows.

    Rows whose value has no effect are hidden. While a training runs only fields that can be
    changed live are enabled, and are framed to say so.

    Parameters
    ----------
    declarations : mapping of str to Hyperparameter
        By field name.
    values : mapping of str to value
        The first value of each.

    Signals
    -------
    changed()
        The user changed a value.
    live_changed(str, object)
        The user is done changing a live value while a training runs.
    """

    changed = Signal()
    live_changed = Signal(str, object)

    def __init__(
        self,
        declarations: Mapping[str, Hyperparameter],
        values: Mapping[str, Any],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._declarations = declarations
        self._running = False
        self._rows: dict[str, tuple[QLabel, QLabel]] = {}
        self._editors: dict[str, NumberEditor | ChoiceEditor] = {}
        for name, declaration in declarations.items():
            editor = make_editor(name, declaration, values[name])
            editor.value_changed.connect(self._on_value_changed)
            if isinstance(editor, NumberEditor):
                # Connected within one thread and to objects that live as long as the form.
                editor.committed.connect(partial(self._on_committed, name))
                editor.message_changed.connect(partial(self._on_message_changed, name))
            self._editors[name] = editor
        theme.notifier().changed.connect(self._fit_scale)

    def make_rows(self, names: Iterable[str]) -> QGridLayout:
        """Return a grid with a row for each of the named fields."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        for name in names:
            self._add_row(grid, name)
        self._fit_scale()
        self._refresh()
        return grid

    def editor(self, name: str) -> NumberEditor | ChoiceEditor:
        """Return a field's editor."""
        return self._editors[name]

    # --- values ----------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """Return the last usable value of every field."""
        return {name: editor.value() for name, editor in self._editors.items()}

    def live_values(self) -> dict[str, Any]:
        """Return the values that have an effect and can be changed during training."""
        values = self.values()
        live = [name for name, declaration in self._declarations.items() if declaration.live]
        return {name: values[name] for name in live if self._relevant(name)}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show other values without telling that they changed."""
        for name, editor in self._editors.items():
            if name in values:
                editor.setValue(values[name])
        self._refresh()

    @property
    def valid(self) -> bool:
        """Whether every field that matters holds a usable text."""
        return self.first_invalid() is None

    def first_invalid(self) -> NumberEditor | None:
        """Return the first editor whose text cannot be used, its message shown, or None."""
        invalid = [
            editor
            for name, editor in self._editors.items()
            if isinstance(editor, NumberEditor) and self._relevant(name) and editor.check()
        ]
        return invalid[0] if invalid else None

    def set_running(self, running: bool) -> None:
        """Enable only what can be changed live while a training runs."""
        if running == self._running:
            return
        self._running = running
        for name, declaration in self._declarations.items():
            if declaration.live:
                _set_live(self._editors[name], live=running)
            else:
                self._set_locked(name, locked=running)

    # --- inside ----------------------------------------------------------------------------

    def _add_row(self, grid: QGridLayout, name: str) -> None:
        editor, row = self._editors[name], grid.rowCount()
        caption, message = QLabel(label(name)), error_label()
        caption.setBuddy(editor)
        caption.setToolTip(self._tip(name))
        editor.setToolTip(self._tip(name))
        message.setObjectName(f"{name}Message")
        # Spacing belongs to the row, so that a hidden row leaves no gap.
        caption.setContentsMargins(0, 0, 0, ROW_SPACING)
        holder = QWidget()
        inside = QGridLayout(holder)
        inside.setContentsMargins(0, 0, 0, ROW_SPACING)
        inside.addWidget(editor)
        message.setContentsMargins(0, 0, 0, ROW_SPACING)
        grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(holder, row, 1)
        grid.addWidget(message, row + 1, 0, 1, 2)
        self._rows[name] = (caption, message)

    def _relevant(self, name: str) -> bool:
        condition = self._declarations[name].relevant
        return condition is None or condition(self.values())

    @Slot()
    def _fit_scale(self) -> None:
        least, most = (theme.scaled(each) for each in _EDITOR_WIDTHS)
        for name in self._rows:
            holder = self._editors[name].parentWidget()
            assert holder is not None
            holder.setMinimumWidth(least)
            holder.setMaximumWidth(max(most, self._editors[name].minimumSizeHint().width()))

    def _refresh(self) -> None:
        for name, (caption, message) in self._rows.items():
            relevant = self._relevant(name)
            holder = self._editors[name].parentWidget()
            assert holder is not None
            _set_visible(caption, relevant)
            _set_visible(holder, relevant)
            _set_visible(message, relevant and bool(message.text()))

    def _set_locked(self, name: str, *, locked: bool) -> None:
        editor = self._editors[name]
        editor.setEnabled(not locked)
        reason = self.tr("This cannot be changed while a training runs; stop it first.")
        editor.setToolTip(f"{self._tip(name)}\n{reason}" if locked else self._tip(name))

    def _tip(self, name: str) -> str:
        if not self._declarations[name].live:
            return tooltip(name)
        live = self.tr("It can be changed during training.")
        return f"{tooltip(name)} {live}"

    def _on_value_changed(self) -> None:
        self._refresh()
        self.changed.emit()

    def _on_committed(self, name: str) -> None:
        if self._running and self._declarations[name].live:
            self.live_changed.emit(name, self._editors[name].value())

    def _on_message_changed(self, name: str, message: str) -> None:
        show_error(self._rows[name][1], message)


def _set_live(editor: QWidget, *, live: bool) -> None:
    """Frame an editor that can be used while most cannot."""
    editor.setProperty("live", live)
    editor.style().unpolish(editor)
    editor.style().polish(editor)


def _set_visible(widget: QWidget, visible: bool) -> None:
    """Show or hide a widget; one without a parent is left for its parent to show.

    Shown by itself it would open a window of its own for a moment.
    """
    if widget.parentWidget() is not None or not visible:
        widget.setVisible(visible)
