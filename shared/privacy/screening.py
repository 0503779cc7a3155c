"""The personal-data screen at the door: finds what names or numbers a person in a free text, before it is stored.

The rules are data (`rules.toml`), with checks of their own (`checks`). What was found is said by kind and place, never
by repeating it. Measured in tests/bench/test_privacy.py; what it finds and misses: docs/privacy.md.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from shared.errors import FieldError, Invalid
from shared.privacy.checks import CHECKS, PLACES, TABLE

Strength = Literal["strong", "weak"]

# Odd signs that mean a plain one: digits of other scripts and styles, dashes, spaces. One sign becomes one sign.
_PLAIN = (
    {sign: str(unicodedata.decimal(chr(sign))) for sign in range(0x100, 0x20000) if chr(sign).isdecimal()}
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d"), "-")
    | dict.fromkeys(map(ord, "\t\r\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"), " ")
    | dict.fromkeys(range(0x2000, 0x200B), " ")
    | {0xFF0B: "+", 0xFF0F: "/", 0xFF20: "@", 0xFF0E: ".", 0xFF08: "(", 0xFF09: ")"}
)
# Signs that cannot be seen, or that only adorn the one before them.
_INVISIBLE = re.compile(
    "[\xad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u20d0-\u20ff\ufe00-\ufe0f\ufeff]"
)
_SPACED = bytes.maketrans(b"\t\r\x0b\x0c\x85\xa0", b" " * 6)
# Each sign of Latin-1 by its class, or as part of a word in small letters: whole texts at the speed of memory.
_CLASSES, _WORDS = (
    "".join(map(turn, map(chr, range(256)))).encode("latin-1")
    for turn in (
        lambda sign: "0" if sign.isdecimal() else "A" if sign.isupper() else "a" if sign.isalpha() else sign,
        lambda sign: sign.lower() if sign.isalnum() else " ",
    )
)
_SHORT = 40
_BETWEEN = bytes(sign for sign in _CLASSES if not chr(sign).isalnum())


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like personal data: characters `start` to `end` (exclusive, from 0) of the text as sent."""

    kind: str
    label: str
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    kind: str
    label: str
    strength: Strength
    pattern: re.Pattern[str]
    check: Callable[[str], bool]
    words: frozenset[bytes]
    signs: tuple[str, ...]
    digits: bytes
    shape: re.Pattern[bytes] | None
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    def find(self, plain: str) -> Iterator[tuple[int, int]]:
        """Where the rule strikes. What fails the check may still hold, or end in, something that does not."""
        group, at = ("found" if "found" in self.pattern.groupindex else 0), 0
        while match := self.pattern.search(plain, at):
            at = match.start() + 1
            shorter: re.Match[str] | None = match
            while shorter and not self.check(shorter[group]):
                # A number that stands behind the one we look for was read as part of it.
                space = plain.rfind(" ", shorter.start(), shorter.end())
                behind = plain[space + 1 : space + 2].isdigit()
                shorter = self.pattern.match(plain, shorter.start(), space) if behind else None
            if shorter:
                yield shorter.span(group)
                at = shorter.end()


class PersonalData(Invalid):
    """A free text holds personal data, or looks as if."""

    code = "personal-data"


def screen(text: str) -> list[Hit]:
    """Everything in a text that a rule finds, in order of place; each stretch of text counts once."""
    plain, places = _plain(text)
    found = _found(plain)
    if found and (without := _UUID.sub(_blank, plain)) != plain:
        found = _found(without)
    if not found:
        return found
    kept = _apart(found)
    if places is not None:
        kept = [replace(hit, start=places[hit.start], end=places[hit.end - 1] + 1) for hit in kept]
    return sorted(kept, key=lambda hit: hit.start)


def _found(plain: str) -> list[Hit]:
    raw = plain.encode("latin-1", "replace")
    classes = raw.translate(_CLASSES)
    words, signs = _CUES.intersection(raw.translate(_WORDS).split()), _SIGNS.search(plain)
    found: list[Hit] = []
    for rule in (_fitting if len(classes) <= _SHORT else _fitting.__wrapped__)(classes, bool(words or signs)):
        if rule.words and rule.words.isdisjoint(words) and not (rule.signs and any(s in plain for s in rule.signs)):
            continue
        found += [Hit(rule.kind, rule.label, rule.strength, *span) for span in rule.find(plain)]
    return found


def _blank(uuid: re.Match[str]) -> str:
    """What no rule reads, as long as it was. Digits alone are no UUID to us."""
    return uuid[0] if uuid[0].replace("-", "").isdigit() else "·" * len(uuid[0])


@lru_cache(maxsize=10_000)
def _fitting(classes: bytes, cued: bool) -> tuple[Rule, ...]:
    """The rules that a text of these classes may break. References of one sender are nearly all of one."""
    runs = classes.translate(None, _BETWEEN)
    return tuple(
        rule
        for rule in RULES
        if rule.digits in runs
        and (rule.shape is None or rule.shape.search(classes))
        and (cued or not (rule.words or rule.signs))
    )


def _apart(found: Iterable[Hit]) -> list[Hit]:
    """Of hits that overlap the strong one ("s" < "w"), then the longer one, then the first of the table."""
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.strength, hit.start - hit.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return kept


def mask(text: str, hits: Iterable[Hit]) -> str:
    """The text with every hit struck out; what stands there instead says of which kind it was."""
    for hit in sorted(hits, key=lambda hit: hit.start, reverse=True):
        text = f"{text[: hit.start]}[struket: {hit.label}]{text[hit.end :]}"
    return text


def check_texts(
    texts: Mapping[str, str | None], *, confirmed: bool, codes: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Refuse texts with personal data. `texts`: JSON Pointer of the field → text; in `codes` only strong kinds count.

    Strong kinds are always refused; weak ones unless the sender has `confirmed` that they concern nobody. Returns what
    was confirmed, field and kind, for the record. Raises PersonalData with one error a hit: field, kind, position.
    """
    found = [(field, hit) for field, text in texts.items() if text for hit in screen(text)]
    hits = [(field, hit) for field, hit in found if hit.strength == "strong" or field not in codes]
    refused = [(field, hit) for field, hit in hits if hit.strength == "strong" or not confirmed]
    if not refused:
        return sorted({(field, hit.kind) for field, hit in hits})
    strong = any(hit.strength == "strong" for _, hit in refused)
    raise PersonalData(
        "A text holds personal data. Write about the place and what happened there, not about persons."
        if strong
        else "A text may hold personal data. Take it out, or confirm that it concerns nobody.",
        errors=tuple(
            FieldError(
                field,
                f"{hit.strength}_{hit.kind}",
                f"{hit.label}, characters {hit.start + 1} to {hit.end}",
                place=(hit.start + 1, hit.end),
            )
            for field, hit in refused
        ),
    )


def _plain(text: str) -> tuple[str, list[int] | None]:
    """The text as the rules read it, and the place in the original of each of its characters (None: the same)."""
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        raw = b"\xad"
    if b"\xad" not in raw:
        return raw.translate(_SPACED).decode("latin-1"), None
    if not _INVISIBLE.search(text):
        return text.translate(_PLAIN), None
    kept = [(place, sign) for place, sign in enumerate(text) if not _INVISIBLE.match(sign)]
    return "".join(sign for _, sign in kept).translate(_PLAIN), [place for place, _ in kept]


def _pattern(row: Mapping[str, Any]) -> re.Pattern[str]:
    def any_of(words: Iterable[str]) -> str:
        return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"

    pattern = row["pattern"].replace("{Name}", "[A-ZÅÄÖ][a-zåäöéü]+").replace("{places}", any_of(PLACES))
    pattern = pattern.replace("{words}", any_of(row.get("words", ())))
    return re.compile(pattern, re.VERBOSE | (re.IGNORECASE if row.get("ignore_case") else re.NOFLAG))


def _rule(row: Mapping[str, Any]) -> Rule:
    cues = [word for word in row.get("words", ()) if word[0].isalpha()]
    return Rule(
        kind=row["kind"],
        label=row["label"],
        strength=row["strength"],
        pattern=_pattern(row),
        check=CHECKS[row.get("check", "")],
        # Of a cue of several words the longest one is looked for.
        words=frozenset(max(cue.encode("latin-1").translate(_WORDS).split(), key=len) for cue in cues),
        signs=tuple(word for word in row.get("words", ()) if not word[0].isalpha()),
        digits=b"0" * row.get("digits", 0),
        shape=re.compile(row["shape"].encode()) if "shape" in row else None,
        hits=tuple(row["hits"]),
        misses=tuple(row["misses"]),
    )


RULES = tuple(map(_rule, TABLE["rule"]))
# Systems send them, and one in 10,000 holds digits that pass for a personnummer or a card (measured).
_UUID = re.compile(r"(?<!\w)[0-9a-f]{8}(-?)[0-9a-f]{4}(?:\1[0-9a-f]{4}){3}[0-9a-f]{8}(?!\w)", re.IGNORECASE)
_CUES = frozenset(word for rule in RULES for word in rule.words)
_SIGNS = re.compile("|".join(sorted({re.escape(sign) for rule in RULES for sign in rule.signs})) or "(?!)")
