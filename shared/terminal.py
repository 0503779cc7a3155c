"""What a command prints: nothing that a terminal takes for an order, whatever stands in what comes from outside."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from shared.texts import LOST


def printable(text: str) -> str:
    """A text with a mark (U+FFFD) in place of each sign that is none to read; its lines stay."""
    return "".join(sign if sign.isprintable() or sign == "\n" else LOST for sign in text)


def show(text: str, *, to: TextIO | None = None) -> None:
    """Print a text of one or more lines, on standard output unless `to` says another."""
    print(printable(text), file=to, flush=True)


def columns(rows: Iterable[Sequence[object]]) -> str:
    """Rows one below the other, each cell on its line and as wide as it is: nothing is cut off through a pipe."""
    lines = [[printable(str(cell)).replace("\n", LOST) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)
