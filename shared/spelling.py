"""What is said to who wrote a word that there is none of: those there are, and the one that was meant. Pure."""

import re
from collections.abc import Collection
from difflib import get_close_matches

# A name that the caller made up may be anything, a name or a number of a person too: only these are said again.
PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z_-]{0,40}|\d{1,6}", re.ASCII)
# Whatever is longer is no slip of anybody's, and would take long to compare.
_LONGEST = 60
# So much alike two names are: `organization_id` and `organisation_id`, `dryrun` and `dry_run`, not `to` and `from`.
_ALIKE = 0.7


def choices(known: Collection[str], *, sent: object, begin: str = "One of") -> str:
    """One or two sentences: which words there are, and which is nearest to what was sent. That is not repeated."""
    if not known:
        return "There are none."
    near = nearest(known, sent=sent)
    meant = "" if near is None else f"Did you mean {near}? "
    return f"{meant}{begin}: {', '.join(known)}."


def nearest(known: Collection[str], *, sent: object) -> str | None:
    """The name of ours that is spelled most like what was sent, None where none is."""
    if not isinstance(sent, str) or len(sent) > _LONGEST:
        return None
    small = {each.lower(): each for each in known}
    asked = sent.lower().replace("-", "_")
    # `area` and `area_code`: what one operation takes by the one is called the other elsewhere.
    longer = [each for each in small if each.startswith(f"{asked}_") or asked.startswith(f"{each}_")]
    found = get_close_matches(asked, small, n=1, cutoff=_ALIKE) or (longer if len(longer) == 1 else [])
    return small[found[0]] if found else None
