"""The patterns of the rules: how they are made of the table's parts and lists, and where in a text they strike."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from shared.privacy.numbers import MOST_SIGNS, Text
from shared.privacy.table import LISTS, TABLE, words_of

_LOOKED_BACK = 40


def search(
    text: Text, *, pattern: re.Pattern[str], check: Callable[[str], bool], not_behind: re.Pattern[str] | None = None
) -> Iterator[tuple[int, int]]:
    """Where a pattern strikes and its check holds, but for what stands right behind something that says what it is.

    What fails the check may still hold, or end in, something that does not.
    """
    plain = text.plain
    group, at = ("found" if "found" in pattern.groupindex else 0), 0
    while match := pattern.search(plain, at):
        at = match.start() + 1
        shorter: re.Match[str] | None = match
        while shorter and not check(shorter[group]):
            # A number that stands behind the one we look for was read as part of it.
            space = plain.rfind(" ", shorter.start(), shorter.end())
            behind = plain[space + 1 : space + 2].isdigit()
            shorter = pattern.match(plain, shorter.start(), space) if behind else None
        if shorter:
            start = shorter.start(group)
            if not (not_behind and not_behind.search(plain[max(0, start - _LOOKED_BACK) : start])):
                yield shorter.span(group)
            at = shorter.end()


def pattern_of(row: Mapping[str, Any], name: str = "pattern") -> re.Pattern[str]:
    """The pattern of a row in the table, with the parts and lists that it names in curly brackets."""
    pattern = row[name].replace("{words}", _any_of(words_of(row)))
    while (resolved := reduce(lambda text, part: text.replace(*part), _PARTS.items(), pattern)) != pattern:
        pattern = resolved  # a part may be made of others
    return re.compile(pattern, re.VERBOSE | (re.IGNORECASE if row.get("ignore_case") else re.NOFLAG))


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


_PARTS = {
    **{f"{{{name}}}": part for name, part in TABLE["parts"].items()},
    "{part}": r"[a-z\dß-öø-ÿ·%+']{1,64}+",
    "{gap}": rf"[\W_]{{0,{MOST_SIGNS}}}",
    "{dot}": r"(?: \. | [ ]\.[ ] | [ _-] (?: punkt | dot ) [ _-]"
    r" | [ ]? [(\[{<] [ ]? (?: punkt | dot | \. ) [ ]? [)\]}>] [ ]? )",
    "{at}": r"(?: \s{0,2} (?: @ | [(\[{<*] [ ]? (?: at | a | ät | @ | snabel-?[ ]?a ) [ ]? [)\]}>*] ) \s{0,2} )",
    "{Name}": "[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{1,40}+",
    **{f"{{{name}}}": _any_of(LISTS[name]) for name in ("places", "vehicles", "things", "houses", "firms")},
}
