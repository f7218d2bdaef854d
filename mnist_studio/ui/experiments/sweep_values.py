"""Which hyperparameter is varied, and its values: as text, by a range, or as choices to tick."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ...sweeps.sweep import FIXED
from ...training.config import RunConfig
from ...training.hyperparameter import ConfigError, Hyperparameter
from ...training.variation import (
    declarations,
    format_value,
    parse_values,
    value_names,
    values_of,
)
from .. import theme
from ..labels import choice_label, label, tooltip
from ..number_values import next_value
from ..widgets import SPACING, dim_label, error_label, show_error

FIRST_NAMES = (
    "batch_size",
    "learning_rate",
    "hidden",
    "optimizer",
    "l2",
    "dropout",
    "momentum",
    "schedule",
    "initializer",
)
_USUAL = {
    "hidden": "64, 128, 256",
    "l2": "0, 0.001, 0.01, 0.1",
    "dropout": "0, 0.1, 0.2, 0.5",
}
_NAME_WIDTH = 168  # pixels at scale 1


def names_to_vary() -> list[str]:
    """Return what can be varied, the usual ones first; a sweep's budget sets the epochs."""
    others = [name for name in value_names() if name not in (*FIRST_NAMES, *FIXED, "epochs")]
    return [*FIRST_NAMES, *others]


def usual_values(name: str, config: RunConfig) -> str:
    """Return values worth trying around those that are set."""
    if name in _USUAL:
        return _USUAL[name]
    declaration, value = declarations()[name], values_of(config)[name]
    if declaration.kind is str:
        return str(value)
    tried = [next_value(declaration, value, up=False), value]
    for _ in range(2):
        tried.append(next_value(declaration, tried[-1], up=True))
    return _as_text(name, tuple(dict.fromkeys(tried)))


def _as_text(name: str, values: tuple[Any, ...]) -> str:
    return ", ".join(format_value(name, value) for value in values)


class SweepValues(QWidget):
    """A box for the hyperparameter and an editor that fits it.

    Parameters
    ----------
    prefix : str
        Of the object names.
    config : RunConfig
        What is set: new values are proposed around it.
    optional : bool
        Whether nothing may be varied.

    Signals
    -------
    changed()
        Another hyperparameter, or other values.
    """

    changed = Signal()

    def __init__(
        self, prefix: str, config: RunConfig, *, optional: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._config = config
        self._prefix = prefix
        self._choices: list[QPushButton] = []
        self._values: tuple[Any, ...] = ()
        self._message = ""
        self._error = error_label()
        self._error.setObjectName(f"{prefix}Message")
        self._make_name_box(optional)
        self._make_text()
        self._range = RangeHelper(prefix)
        self._range.hide()
        self._range.filled.connect(self.text.setText)
        self._range_button.toggled.connect(self._on_range_toggled)
        self._choice_row = QWidget()
        self._choice_row.setObjectName(f"{prefix}Choices")
        choices = QHBoxLayout(self._choice_row)
        choices.setContentsMargins(0, 0, 0, 0)
        choices.setSpacing(SPACING // 2)
        self._lay_out()
        self.name_box.currentIndexChanged.connect(self._on_name_chosen)
        self._on_name_chosen()

    # --- building --------------------------------------------------------------------------

    def _make_name_box(self, optional: bool) -> None:
        self.name_box = QComboBox()
        self.name_box.setObjectName(f"{self._prefix}Name")
        self.name_box.setAccessibleName(
            self.tr("Second hyperparameter") if optional else self.tr("Hyperparameter")
        )
        self.name_box.setToolTip(
            self.tr("A second hyperparameter: all combinations are trained. Usual: none.")
            if optional
            else self.tr("The hyperparameter that differs from run to run.")
        )
        if optional:
            self.name_box.addItem(self.tr("nothing else"), "")
        for name in names_to_vary():
            self.name_box.addItem(label(name), name)
        self.name_box.ensurePolished()
        longest = self.name_box.minimumSizeHint().width()  # which a wide typeface makes wider
        self.name_box.setFixedWidth(max(theme.scaled(_NAME_WIDTH), longest))

    def _make_text(self) -> None:
        self.text = QLineEdit()
        self.text.setObjectName(f"{self._prefix}Values")
        self.text.setAcceptDrops(False)
        self.text.setTextMargins(-2, 0, -2, 0)
        self.text.setPlaceholderText(self.tr("e.g. 10, 20, 50"))
        self.text.textChanged.connect(self._on_edited)
        self._range_button = QToolButton()
        self._range_button.setObjectName(f"{self._prefix}RangeButton")
        self._range_button.setText(self.tr("Range…"))
        self._range_button.setCheckable(True)
        self._range_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._range_button.setToolTip(
            self.tr("Fill in values from a lowest to a highest one, by even steps or factors.")
        )

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.name_box, 0, 0, Qt.AlignmentFlag.AlignLeft)
        line = QHBoxLayout()
        line.setSpacing(SPACING)
        line.addWidget(self.text, 1)
        line.addWidget(self._range_button)
        grid.addLayout(line, 0, 1)
        grid.addWidget(self._choice_row, 0, 1)
        grid.addWidget(self._range, 1, 1)
        grid.addWidget(self._error, 2, 1)

    # --- values ----------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What is varied; empty for nothing."""
        return str(self.name_box.currentData())

    @property
    def values(self) -> tuple[Any, ...]:
        """Its values; empty if they cannot be used."""
        return self._values

    @property
    def message(self) -> str:
        """What is wrong with the values, in a sentence, or an empty string."""
        return self._message

    def choose(self, name: str) -> None:
        """Vary another hyperparameter."""
        self.name_box.setCurrentIndex(self.name_box.findData(name))

    def show_message(self, message: str) -> None:
        """Say what is wrong at the field."""
        self._message = message
        show_error(self._error, message)
        self.text.setAccessibleDescription(message)
        self.text.setProperty("invalid", bool(message))
        self.text.style().unpolish(self.text)
        self.text.style().polish(self.text)

    # --- inside ----------------------------------------------------------------------------

    @Slot()
    def _on_name_chosen(self) -> None:
        name = self.name
        declaration = declarations().get(name)
        by_choice = declaration is not None and declaration.kind is str
        numeric = declaration is not None and not by_choice
        self.text.setVisible(bool(name) and not by_choice)
        self._choice_row.setVisible(by_choice)
        self._range_button.setVisible(numeric)
        self._range_button.setChecked(False)
        self._fill_choices(declaration if by_choice else None)
        if name:
            self.text.setAccessibleName(self.tr("Values of {0}").format(label(name)))
            self.text.setToolTip(
                self.tr("Values separated by commas, or a range such as {0}. {1}").format(
                    "0.001..1:7" if numeric else "64-32", tooltip(name)
                )
                if numeric
                else self.tr("Widths of the hidden layers, one network after another: 64, 256-128.")
            )
        if numeric:
            assert declaration is not None
            self._range.set_declaration(name, declaration)
        self.text.setText("" if by_choice or not name else usual_values(name, self._config))
        self._on_edited()

    def _fill_choices(self, declaration: Hyperparameter | None) -> None:
        row = self._choice_row.layout()
        assert isinstance(row, QHBoxLayout)
        while (item := row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._choices = []
        if declaration is None:
            return
        set_now = values_of(self._config)[self.name]
        for choice in declaration.choices:
            button = QPushButton(choice_label(choice))
            button.setObjectName(f"{self._prefix}Choice_{choice}")
            button.setProperty("segment", True)
            button.setProperty("choice", choice)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setChecked(choice == set_now)
            button.setToolTip(self.tr("Whether {0} is tried.").format(choice_label(choice)))
            button.toggled.connect(self._on_edited)
            self._choices.append(button)
            row.addWidget(button)
        row.addStretch(1)

    @Slot()
    def _on_edited(self) -> None:
        self._values, message = (), ""
        if self._choices:
            self._values = tuple(b.property("choice") for b in self._choices if b.isChecked())
            message = "" if self._values else self.tr("Tick at least one.")
        elif self.name:
            try:
                self._values = parse_values(self.name, self.text.text())
            except ConfigError as error:
                message = sentence(error, self.name)
        self.show_message(message)
        self.changed.emit()

    @Slot(bool)
    def _on_range_toggled(self, on: bool) -> None:
        self._range.setVisible(on)
        if on:
            self._range.begin(self._values)


class RangeHelper(QWidget):
    """Lowest and highest value, how many, and in what steps; fills the text as it is edited.

    Signals
    -------
    filled(str)
        The values as text.
    """

    filled = Signal(str)

    def __init__(self, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        self.low = self._make_line(f"{prefix}Low", self.tr("Lowest value"), 64)
        self.high = self._make_line(f"{prefix}High", self.tr("Highest value"), 64)
        self.count = self._make_line(f"{prefix}Count", self.tr("How many values"), 40)
        self.scale = QComboBox()
        self.scale.setObjectName(f"{prefix}Scale")
        self.scale.setAccessibleName(self.tr("Steps of the range"))
        self.scale.setToolTip(
            self.tr(
                "Even steps: 10, 20, 30. Equal factors: 0.001, 0.01, 0.1, which is usual for "
                "learning rates."
            )
        )
        self.scale.addItem(self.tr("even steps"), "linear")
        self.scale.addItem(self.tr("equal factors"), "log")
        self.scale.currentIndexChanged.connect(self._fill)
        self.scale.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.scale.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.scale.setMinimumWidth(theme.scaled(128))
        for text, widget in (
            (self.tr("from"), self.low),
            (self.tr("to"), self.high),
            (self.tr("values"), self.count),
            ("", self.scale),
        ):
            if text:
                caption: QLabel = dim_label(text)
                row.addWidget(caption)
            row.addWidget(widget)
        row.addStretch(1)

    def _make_line(self, name: str, text: str, width: int) -> QLineEdit:
        line = QLineEdit()
        line.setObjectName(name)
        line.setAccessibleName(text)
        line.setToolTip(self.tr("{0} of the range.").format(text))
        line.setAcceptDrops(False)
        line.setFixedWidth(theme.scaled(width))
        line.textEdited.connect(self._fill)
        return line

    def set_declaration(self, name: str, declaration: Hyperparameter) -> None:
        """Make ranges of another hyperparameter."""
        self._name = name
        blocked = self.scale.blockSignals(True)
        self.scale.setCurrentIndex(1 if declaration.logarithmic else 0)
        self.scale.blockSignals(blocked)

    def begin(self, values: tuple[Any, ...]) -> None:
        """Begin with the range of some values."""
        if values:
            self.low.setText(format_value(self._name, min(values)))
            self.high.setText(format_value(self._name, max(values)))
        self.count.setText(str(max(2, len(values))))
        self.low.setFocus()
        self.low.selectAll()

    @Slot()
    def _fill(self) -> None:
        low, high, count = (line.text().strip() for line in (self.low, self.high, self.count))
        text = f"{low}..{high}:{count}:{self.scale.currentData()}"
        try:
            self.filled.emit(_as_text(self._name, parse_values(self._name, text)))
        except ConfigError:
            self.filled.emit(text)  # the field says what is wrong with it


def sentence(error: ConfigError, name: str) -> str:
    """Return an error's sentence with the name that people read."""
    return str(error).replace(f"{name} ", f"{label(name)} ", 1)
