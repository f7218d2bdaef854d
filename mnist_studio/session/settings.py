"""What the window remembers between two starts, in one readable INI file."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings

if TYPE_CHECKING:
    from ..training.config import RunConfig

logger = logging.getLogger(__name__)
RECENT_FILES = 8
_SHORT_NUMBER = "[0-9]{1,9}"


class Settings:
    """The remembered choices; anything missing or damaged falls back to the default.

    Parameters
    ----------
    folder : Path
        Where ``settings.ini`` is.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "settings.ini"
        if path.exists() and not path.is_file():
            logger.warning("%s is no file; another is taken", path)
            path = folder / "settings (2).ini"
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def theme(self) -> str:
        """``"light"``, ``"dark"`` or ``"system"``."""
        choice = str(self._store.value("theme", "system"))
        return choice if choice in ("light", "dark") else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._store.setValue("theme", choice)

    @property
    def text_scale(self) -> float:
        """How large all text is, from half to twice the desktop's size, which is 1."""
        try:
            factor = float(str(self._store.value("text_scale", "1")))
        except ValueError:
            factor = 1.0
        return factor if 0.5 <= factor <= 2 else 1.0

    @text_scale.setter
    def text_scale(self, factor: float) -> None:
        self._store.setValue("text_scale", factor)

    @property
    def config(self) -> RunConfig | None:
        """The settings of the last start."""
        from ..files import parse_json
        from ..training.config import RunConfig
        from ..training.hyperparameter import ConfigError

        text = str(self._store.value("config", ""))
        if not text:
            return None
        try:
            return RunConfig.from_json(parse_json(text))
        except (ValueError, TypeError, ConfigError):
            logger.warning("the remembered settings cannot be used", exc_info=True)
            return None

    @config.setter
    def config(self, config: RunConfig) -> None:
        import json

        self._store.setValue("config", json.dumps(config.to_json()))

    @property
    def blas_threads(self) -> int:
        """Threads for matrix products, at least one."""
        from ..training.config import MOST_BLAS_THREADS

        value = str(self._store.value("blas_threads", "1"))
        count = int(value) if re.fullmatch(_SHORT_NUMBER, value) else 1
        return min(max(1, count), MOST_BLAS_THREADS)

    @blas_threads.setter
    def blas_threads(self, count: int) -> None:
        self._store.setValue("blas_threads", count)

    @property
    def seen_run(self) -> str:
        """Name of the run's file that was opened last, unless it was trained further since."""
        return str(self._store.value("seen_run", ""))

    @seen_run.setter
    def seen_run(self, name: str) -> None:
        self._store.setValue("seen_run", name)

    @property
    def recent_files(self) -> list[Path]:
        """Run files opened or saved lately, the latest first."""
        value = self._store.value("recent_files", [])
        names = [value] if isinstance(value, str) else value
        return [Path(str(name)) for name in names] if isinstance(names, list) else []

    def add_recent_file(self, path: Path) -> None:
        """Put `path` first among the recent files."""
        others = [known for known in self.recent_files if known != path]
        files = [path, *others][:RECENT_FILES]
        self._store.setValue("recent_files", [str(file) for file in files])

    @property
    def last_folder(self) -> str:
        """Folder of the file chosen last, or an empty string."""
        return str(self.recent_files[0].parent) if self.recent_files else ""

    def layout(self, name: str) -> QByteArray:
        """Return the stored geometry, or state of the columns, `name`; empty if there is none."""
        value = self._store.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else QByteArray()

    def set_layout(self, name: str, state: QByteArray) -> None:
        """Store a geometry, or the state of the columns."""
        self._store.setValue(f"layout/{name}", state)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()
