"""How often the same thing came before in a long stream, and where first, in twelve bytes for each."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Digests = NDArray[np.uint64]
Places = NDArray[np.uint32]


class Counted(NamedTuple):
    """For each thing in turn the how-manieth of its kind it is, the first being 1, and the place of that first."""

    ordinals: NDArray[np.int64]
    firsts: Places


class Ordinals:
    """Counts repeats of 64-bit digests. Two different things of ten million share one with probability 3 in 10^6.

    A dict would take a hundred bytes for each; this keeps sorted runs and merges them as they grow, like a log-
    structured tree.
    """

    def __init__(self) -> None:
        self._runs: list[tuple[Digests, Places]] = []

    def count(self, digests: Digests, places: Places | None = None) -> Counted:
        """Count these as the next of the stream. digests, places: shape (n,), places growing; 0 without."""
        places = np.zeros(len(digests), dtype=np.uint32) if places is None else places
        order = np.argsort(digests, kind="stable")
        ranked, at = digests[order], places[order]
        first = np.searchsorted(ranked, ranked, side="left")
        ordinals = np.empty(len(digests), dtype=np.int64)
        firsts = np.empty(len(digests), dtype=np.uint32)
        ordinals[order], firsts[order] = np.arange(len(digests)) - first + 1, at[first]
        for run, where in self._runs:
            left = np.searchsorted(run, digests, side="left")
            before = np.searchsorted(run, digests, side="right") - left
            ordinals += before
            known = np.flatnonzero(before)
            firsts[known] = np.minimum(firsts[known], where[left[known]])
        self._keep(ranked, at)
        return Counted(ordinals, firsts)

    def _keep(self, run: Digests, places: Places) -> None:
        # Merging only runs of like size moves each digest log(n) times, however many batches come.
        while self._runs and len(self._runs[-1][0]) <= 2 * len(run):
            earlier, their = self._runs.pop()
            both, where = np.concatenate([earlier, run]), np.concatenate([their, places])
            order = np.argsort(both, kind="stable")
            run, places = both[order], where[order]
        self._runs.append((run, places))
