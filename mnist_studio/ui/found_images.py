"""Images that one view has found, for another one to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ..insight.seeds import SeedTally
    from ..training.parts import AnsweredPart


class FoundImages(NamedTuple):
    """Images to look at.

    Attributes
    ----------
    part : AnsweredPart
        What is said of them.
    rows : ndarray of int, shape (n,)
        Which of its answers.
    text : str
        What they have in common, in few words.
    tally : SeedTally, optional
        In how many runs each image of the answers is wrong; they are sorted by it.
    """

    part: AnsweredPart
    rows: npt.NDArray[np.intp]
    text: str
    tally: SeedTally | None = None
