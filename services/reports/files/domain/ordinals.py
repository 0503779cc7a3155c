"""How often the same thing came before in a long stream, in eight bytes for each."""

import numpy as np
from numpy.typing import NDArray

Digests = NDArray[np.uint64]


class Ordinals:
    """Counts repeats of 64-bit digests. Two different things of ten million share one with probability 3 in 10^6.

    A dict would take a hundred bytes for each; this keeps sorted runs and merges them as they grow, like a log-
    structured tree.
    """

    def __init__(self) -> None:
        self._runs: list[Digests] = []

    def count(self, digests: Digests) -> NDArray[np.int64]:
        """For each digest in turn, the how-manieth of its kind it is, the first being 1. digests: shape (n,)."""
        order = np.argsort(digests, kind="stable")
        ranked = digests[order]
        first = np.searchsorted(ranked, ranked, side="left")
        ordinals = np.empty(len(digests), dtype=np.int64)
        ordinals[order] = np.arange(len(digests)) - first + 1
        for run in self._runs:
            ordinals += np.searchsorted(run, digests, side="right") - np.searchsorted(run, digests, side="left")
        self._keep(ranked)
        return ordinals

    def _keep(self, run: Digests) -> None:
        # Merging only runs of like size moves each digest log(n) times, however many batches come.
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)
