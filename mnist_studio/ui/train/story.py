"""The moments of the run in view, with the weights that it had then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...data.registry import DATASETS
from ...training.status import RunStatus
from ..sketch.answer_view import answer_of

if TYPE_CHECKING:
    from ...insight.story import Moment
    from ...session.run_in_view import RunInView, Snapshot
    from ...session.session import Session

_LATE = 2.0  # seconds of training after a moment, in which its weights are still worth recalling


class Story:
    """Finds the moments as the run's history grows and keeps copies of its weights at them.

    Whoever shows it decides when it looks, so that nothing is worked out for nobody.

    Parameters
    ----------
    session : Session
        Whose run in view, and whose drawing, it follows.
    """

    def __init__(self, session: Session) -> None:
        from ...insight.story import Reading
        from ...session.snapshots import Snapshots

        self._session = session
        self._reading = Reading()
        self._snapshots = Snapshots()

    def begin(self) -> None:
        """Know nothing of the weights of another run."""
        self._snapshots.clear()
        self.rest()

    def rest(self) -> None:
        """Claim nothing of the drawing, since nobody was looking for a while."""
        self._reading.forget()

    def look(self) -> tuple[Moment, ...]:
        """Return the moments, the drawing's last."""
        from ...insight.story import moments_of

        run = self._session.run
        if run is None:
            return ()
        classes = len(DATASETS[run.config.data.dataset].class_names)
        found = moments_of(
            run.history,
            classes,
            ended=not run.status.active,
            skips_easy=bool(run.config.training.skip_easy),
        )
        since = self._reading.since
        if since is not None and self._reading.shows(self._session.drawing.pixels):
            found = (*found, since)
        return found

    def follow(self) -> None:
        """Look at newer weights: what they take the drawing for, and whether to keep them."""
        from ...insight.story import steps_to_keep

        run, pixels = self._session.run, self._session.drawing.pixels
        if run is None:
            return
        if pixels is None:
            self._reading.forget()
        else:
            answer = answer_of(run.newest.predict(pixels))
            self._reading.hear(run.newest.step, pixels, answer)
        self._snapshots.add(run.newest, steps_to_keep(run.history, self.look()))

    def has_weights_of(self, moment: Moment) -> bool:
        """Whether the weights that the run had at a moment, or soon after, are there.

        A file has those of the best epoch and the last.
        """
        run = self._session.run
        return run is not None and (self._kept(run, moment) is not None or _is_the_end(run, moment))

    def snapshot(self, moment: Moment) -> Snapshot | None:
        """Return the weights of a moment if they are there."""
        run = self._session.run
        if run is None:
            return None
        return self._kept(run, moment) or (_last_weights(run) if _is_the_end(run, moment) else None)

    def _kept(self, run: RunInView, moment: Moment) -> Snapshot | None:
        if not run.status.active and moment.step == run.newest.step:
            return run.newest
        kept = self._snapshots.after(moment.step)
        soon = kept is not None and _seconds(run, kept.step) <= _seconds(run, moment.step) + _LATE
        return kept if soon else None


def _is_the_end(run: RunInView, moment: Moment) -> bool:
    # What comes along has no weights but the best; what failed has gone back to good ones.
    lost = run.bundled or run.status is RunStatus.FAILED
    return run.checkpoint is not None and not lost and moment.step == run.checkpoint.step


def _last_weights(run: RunInView) -> Snapshot:
    from ...session.run_in_view import Snapshot

    assert run.checkpoint is not None
    network = run.newest.network.copy()
    network.load_weights(run.checkpoint.weights)
    return Snapshot(run.checkpoint.step, network.freeze())


def _seconds(run: RunInView, step: int) -> float:
    """Return the training time after so many updates."""
    return float(run.history.seconds[step - 1]) if step else 0.0
