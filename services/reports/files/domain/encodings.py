"""The encoding that a file of reports is read in: what its bytes say, held against what its mapping names."""

from services.reports.files.domain.failures import Unreadable
from services.reports.letters import NAMES, Letters

# Told apart from ISO 8859-15 by nothing but a few signs.
_LATIN = ("cp1252", "iso8859-1")


class Evidence(Letters):
    """What the bytes of one file of reports say of its encoding."""

    def settled(self, named: str) -> str:
        """The encoding to read the file in; `named`: what its mapping says, or auto.

        Raises Unreadable where the bytes contradict the name, or do not tell enough without one.
        """
        found = self.likeliest()
        if named == "auto":
            if found is None:
                raise Unreadable(
                    "The letters beyond a to z can be read in several ways, and none is certain. Save the file as CSV"
                    ' in UTF-8, or name its encoding in the mapping: "encoding" is one of'
                    f" {', '.join(name for name in NAMES if not name.startswith('utf-16-'))}.",
                    why="encoding_unsure",
                )
            return found
        if found is not None and self.contradict(named, found):
            raise Unreadable(
                f"The file is written in {NAMES[found]}, and the mapping reads it as {NAMES[named]}: its letters would"
                f' be stored wrong. Nothing was stored. Set "encoding" of the mapping to {found}, or to auto.',
                why="encoding_contradicts",
            )
        if named in _LATIN and found == "iso8859-15":
            return found  # the same letters, and euros instead of a sign that nobody means
        return found if named.startswith("utf-16") and found is not None else named


def encoding_of(head: bytes) -> str:
    """The likeliest encoding of a file's first bytes; Windows-1252 where they do not tell."""
    evidence = Evidence()
    evidence.add(head)
    return evidence.likeliest() or "cp1252"
