"""What is worked out of colors: mixtures, and what can be read on them."""

from __future__ import annotations

from PySide6.QtGui import QColor

# Luminance with as much contrast to white as to black.
_MIDDLE = (1.05 * 0.05) ** 0.5 - 0.05


def mixed(over: QColor, under: QColor, share: float) -> QColor:
    """Return a color laid over another: 0 is the one below, 1 the one above."""
    return QColor.fromRgbF(
        share * over.redF() + (1 - share) * under.redF(),
        share * over.greenF() + (1 - share) * under.greenF(),
        share * over.blueF() + (1 - share) * under.blueF(),
    )


def readable_on(color: QColor) -> QColor:
    """Return black or white, whichever has more contrast with a color: 4.5 at least."""
    return QColor("black" if _luminance(color) > _MIDDLE else "white")


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
