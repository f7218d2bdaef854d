"""The folder of deleted runs: where they wait to be brought back, or to be removed for good."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from ..errors import unwritable
from ..files import check_no_link, read_json, remove, write_json
from ..training.values import text, whole
from .checkpoint import CheckpointError
from .generations import OLDER, older_generation
from .journal import journal_path
from .label import label_path
from .requests import request_path

logger = logging.getLogger(__name__)
DAYS_KEPT = 30  # for how long a deleted run can be brought back
_DAYS = ".days.json"
_BESIDE = (label_path, journal_path, request_path, older_generation)  # what else is of a run


class DeletedRuns:
    """Deleted runs, in a folder within that of the runs.

    Parameters
    ----------
    runs : Path
        The folder of runs.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self.folder = runs / "deleted"

    def put(self, path: Path) -> Path:
        """Move a run here with all that is beside it, and return its place.

        Raises
        ------
        CheckpointError
            If it cannot be moved.
        """
        try:
            check_no_link(self.folder)  # the folder of runs itself may be elsewhere
            place = _free_place(path, self.folder)
            path.replace(place)
            # The run went first: as long as it is shown, what the user says is beside it.
            for beside in _BESIDE:
                _move_part(beside(path), beside(place), needed=False)
        except OSError as error:
            raise _not_moved(path, error) from error
        return place

    def bring_back(self, place: Path) -> Path:
        """Move a run back from its place here, and return its file.

        Raises
        ------
        CheckpointError
            If it cannot be moved.
        """
        try:
            path = _free_place(place, self._runs)
            # The run comes last: when it is shown, what the user says is beside it.
            for beside in _BESIDE:
                _move_part(beside(place), beside(path), needed=True)
            place.replace(path)
        except OSError as error:
            raise _not_moved(place, error) from error
        return path

    def purge(self, today: date | None = None) -> None:
        """Remove for good what was deleted more than 30 days ago.

        Days on which this is called are counted, since a clock may jump: however far it does, that
        is one day.
        """
        folder = self.folder
        try:
            check_no_link(folder)
            files = [path for path in folder.iterdir() if _is_part(path)]
        except OSError:
            return
        days, last, since = _read_days(folder / _DAYS)
        today_text = (today or date.today()).isoformat()
        days += today_text != last
        since = {path.name: since.get(path.name, days) for path in files}
        for path in files:
            if days - since[path.name] > DAYS_KEPT:
                try:
                    remove(path, self._runs)
                    del since[path.name]
                except OSError:
                    logger.warning("%s could not be removed", path, exc_info=True)
        try:
            if since:
                write_json(folder / _DAYS, {"days": days, "last": today_text, "since": since})
            else:
                remove(folder / _DAYS, self._runs)
        except OSError:
            logger.warning("the days since a deletion are not counted", exc_info=True)


def _free_place(path: Path, folder: Path) -> Path:
    """Return where a run can be moved to: its own name there, or that of a copy."""
    folder.mkdir(parents=True, exist_ok=True)
    place, copy = folder / path.name, 1
    while place.exists():
        copy += 1
        place = folder / f"{path.stem} ({copy}).npz"
    return place


def _move_part(source: Path, target: Path, *, needed: bool) -> None:
    try:
        if source.exists():
            source.replace(target)
    except OSError:
        if needed:
            raise
        logger.warning("%s stays behind its run", source, exc_info=True)


def _not_moved(path: Path, error: OSError) -> CheckpointError:
    if isinstance(error, FileNotFoundError):
        return gone(path)
    return CheckpointError(unwritable(path, error))


def gone(path: Path) -> CheckpointError:
    """Return the error of a run that is looked for in vain."""
    return CheckpointError(f"{path} is not there any more; another program may have deleted it.")


def _is_part(path: Path) -> bool:
    """Return whether a file in the folder of deleted runs is of a run."""
    run = path.with_suffix(".npz")
    own = path in (run, *(beside(run) for beside in _BESIDE)) or path.name.endswith(f".npz{OLDER}")
    return own and path.name != _DAYS and path.is_file()


def _read_days(path: Path) -> tuple[int, str, dict[str, int]]:
    """Return on how many days the app was used, the last one, and on which each file came."""
    try:
        values = read_json(path)
        since = {name: whole(day) for name, day in values["since"].items()}
        return whole(values["days"]), text(values["last"]), since
    except (OSError, LookupError, TypeError, ValueError, AttributeError):
        return 0, "", {}  # all files have come today
