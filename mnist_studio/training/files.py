"""Names of run files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path


def new_run_path(folder: Path) -> Path:
    """Return a file name in `folder` that no other run has, also of a process started just now."""
    now = datetime.now().astimezone()
    return folder / f"{now:%Y-%m-%d_%H-%M-%S}_{os.urandom(2).hex()}.npz"
