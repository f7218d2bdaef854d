"""What a part of the fault suite has found, and the table of it all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HEADINGS = ("part", "cases", "faults", "lost", "let in", "worst seconds", "worst MB")


@dataclass
class Row:
    """A line of the table, filled while its part runs.

    Attributes
    ----------
    part : str
        What was tried.
    cases : int
        How often.
    faults : int
        How many faults were really met in that: calls that failed, files that were refused.
    lost, let_in : list of str
        What was lost of what had been reported as saved, and what was accepted against the
        schema; each says enough to be repeated.
    seconds, megabytes : float
        The longest case, and the most memory that one took.
    last_seconds, last_megabytes : float
        Of the last case.
    """

    part: str
    cases: int = 0
    faults: int = 0
    lost: list[str] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)
    seconds: float = 0.0
    megabytes: float = 0.0
    last_seconds: float = 0.0
    last_megabytes: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and nothing let in."""
        return not self.lost and not self.let_in

    @contextlib.contextmanager
    def case(self):
        """Count a case, and note how long it takes and how far the memory rises in it."""
        self.cases += 1
        before, begun = _forget_peak(), time.perf_counter()
        try:
            yield
        finally:
            self.last_seconds = time.perf_counter() - begun
            self.last_megabytes = _status("VmHWM") - before
            self.seconds = max(self.seconds, self.last_seconds)
            self.megabytes = max(self.megabytes, self.last_megabytes)

    def cells(self) -> tuple[str, ...]:
        """Return the texts of the line."""
        counts = (self.cases, self.faults, len(self.lost), len(self.let_in))
        texts = (f"{count:,}" for count in counts)
        return (self.part, *texts, f"{self.seconds:.2f}", f"{self.megabytes:.0f}")


def markdown(rows: Iterable[Row]) -> str:
    """Return the table in Markdown."""
    lines = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _forget_peak() -> float:
    """Let the system note this process's highest memory anew, and return what it has now."""
    with contextlib.suppress(OSError):  # Linux only
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS")


def _status(name: str) -> float:
    """Return a figure of this process in megabytes; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024
