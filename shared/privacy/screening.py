"""The personal-data screen at the door: finds what names or numbers a person in a free text, before it is stored.

The rules are data (`rules.toml`), with checks of their own (`checks`). What was found is said by kind and place, never
by repeating it. Measured in tests/bench/test_privacy.py; what it finds and misses: docs/privacy.md.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

from shared.errors import FieldError, Invalid
from shared.privacy.checks import CHECKS
from shared.privacy.number_checks import NUMBER_CHECKS
from shared.privacy.numbers import Judged, Text, numbers
from shared.privacy.patterns import pattern_of, search
from shared.privacy.signs import readings
from shared.privacy.table import TABLE, words_of

Strength = Literal["strong", "weak"]

# Each sign of Latin-1 by its class, or as part of a word in small letters: whole texts at the speed of memory.
_CLASSES, _WORDS = (
    "".join(map(turn, map(chr, range(256)))).encode("latin-1")
    for turn in (
        lambda sign: "0" if sign.isdecimal() else "A" if sign.isupper() else "a" if sign.isalpha() else sign,
        lambda sign: sign.lower() if sign.isalpha() else " ",
    )
)
_SHORT = 40
_ROUNDS = 3
_MOST_TOLD = 20
_BESIDE = 20
_NUMBER = re.compile(r"\d[\W_]?\d[\W_]?\d[\W_]?\d")
# Signs that are read as they stand, and of which no escape is made.
_BARE = re.compile("[0-9A-Za-z ./:-]*")
_BETWEEN = bytes(sign for sign in _CLASSES if not chr(sign).isalnum())


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that looks like personal data: characters `start` to `end` (exclusive, from 0) of the text as sent."""

    kind: str
    label: str
    strength: Strength
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Instead:
    """What is found counts as this where the check holds."""

    check: Callable[[str], bool]
    kind: str
    label: str
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table."""

    kind: str
    label: str
    strength: Strength
    find: Callable[[Text], Iterator[tuple[int, int]]]
    instead: tuple[Instead, ...]
    words: frozenset[bytes]
    signs: tuple[str, ...]
    digits: bytes
    shape: re.Pattern[bytes] | None
    hits: tuple[str, ...]
    misses: tuple[str, ...]


class PersonalData(Invalid):
    """A free text holds personal data, or looks as if."""

    code = "personal-data"


def screen(text: str) -> list[Hit]:
    """Everything in a text that a rule finds, in order of place; each stretch of text counts once.

    Time grows with the length of the text, whatever stands in it; texts are bounded before they come here.
    """
    # References of a few digits take 1 µs of a processor so, else 5; those that a rule might break 2 more (measured).
    return [] if _BARE.fullmatch(text) and not any(tried(text)) else in_any_reading(text)


def in_any_reading(text: str) -> list[Hit]:
    """The same for a text that may be disguised or escaped, and be read in more than one way."""
    judged: Judged = {}
    found = [
        Hit(hit.kind, hit.label, hit.strength, *reading.place(hit.start, hit.end))
        for reading in readings(text)
        for hit in _found(reading.plain, judged)
    ]
    return sorted(_apart(found, len(text)), key=lambda hit: hit.start) if found else found


def _found(plain: str, judged: Judged) -> list[Hit]:
    """What the rules find in a text that was made plain, but for what is known to be something else.

    What was found is taken out and the rest read again, as long as that may show more: a number beside another.
    """
    found: list[Hit] = []
    for _ in range(_ROUNDS):
        struck = _struck(plain, judged)
        if (first := next(struck, None)) is None:
            break
        without = _HARMLESS.sub(_blank, plain)
        new = [first, *struck] if without == plain else [*_struck(without, judged)]
        found += new
        plain = _without(without, new)
        if not any(map(partial(_has_number_beside, plain), new)):
            break
    return found


def _struck(plain: str, judged: Judged) -> Iterator[Hit]:
    text = Text(plain, judged)
    return (_hit(rule, plain, span) for rule in tried(plain) for span in rule.find(text))


def tried(plain: str) -> Iterator[Rule]:
    """The rules that a plain text may break, by its words, signs and shape; those left out would find nothing in it."""
    raw = plain.encode("latin-1", "replace")
    classes = raw.translate(_CLASSES)
    words, signs = _CUES.intersection(raw.translate(_WORDS).split()), _SIGNS.search(plain)
    for rule in (_fitting if len(classes) <= _SHORT else _fitting.__wrapped__)(classes, bool(words or signs)):
        cued = rule.words or rule.signs
        if cued and rule.words.isdisjoint(words) and not (rule.signs and any(s in plain for s in rule.signs)):
            continue
        yield rule


def _hit(rule: Rule, plain: str, span: tuple[int, int]) -> Hit:
    what = next((each for each in rule.instead if each.check(plain[slice(*span)])), rule)
    return Hit(what.kind, what.label, what.strength, *span)


def _has_number_beside(plain: str, hit: Hit) -> bool:
    before, behind = plain[max(0, hit.start - _BESIDE) : hit.start], plain[hit.end : hit.end + _BESIDE]
    return bool(_NUMBER.search(before) or _NUMBER.search(behind))


def _without(plain: str, hits: Iterable[Hit]) -> str:
    """The text with something that no rule reads in the place of each hit, as long as it was."""
    signs = bytearray(plain, "latin-1")
    for hit in hits:
        signs[hit.start : hit.end] = b"[" + b"x" * (hit.end - hit.start - 2) + b"]"
    return signs.decode("latin-1")


def _blank(harmless: re.Match[str]) -> str:
    """What no rule reads, as long as it was."""
    return "·" * len(harmless[0])


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


def _apart(found: Iterable[Hit], length: int) -> list[Hit]:
    """Of hits that overlap the strong one ("s" < "w"), then the longer one, then the first of the table."""
    kept: list[Hit] = []
    taken = bytearray(length)
    for hit in sorted(found, key=lambda hit: (hit.strength, hit.start - hit.end)):
        if taken.find(1, hit.start, hit.end) < 0:
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
            kept.append(hit)
    return kept


def mask(text: str, hits: Iterable[Hit]) -> str:
    """The text with every hit struck out; what stands there instead says of which kind it was."""
    pieces, at = [], 0
    for hit in sorted(hits, key=lambda hit: hit.start):
        pieces += [text[at : hit.start], f"[struket: {hit.label}]"]
        at = hit.end
    return "".join([*pieces, text[at:]])


def check_texts(
    texts: Mapping[str, str | None], *, confirmed: bool, codes: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Refuse texts with personal data. `texts`: JSON Pointer of the field → text; in `codes` plates do not count.

    Strong kinds are always refused; weak ones unless the sender has `confirmed` that they concern nobody. Returns what
    was confirmed, field and kind, for the record. Raises PersonalData with one error a hit: field, kind, position.
    """
    found = [(field, hit) for field, text in texts.items() if text for hit in screen(text)]
    hits = [(field, hit) for field, hit in found if field not in codes or hit.kind not in NOT_IN_CODES]
    refused = [(field, hit) for field, hit in hits if hit.strength == "strong" or not confirmed]
    refused.sort(key=lambda each: each[1].strength)  # strong first: those told say whether a confirmation can help
    if not refused:
        return sorted({(field, hit.kind) for field, hit in hits})
    strong = any(hit.strength == "strong" for _, hit in refused)
    more = len(refused) - _MOST_TOLD
    raise PersonalData(
        (
            "A text holds personal data. Write about the place and what happened there, not about persons."
            if strong
            else "A text may hold personal data. Take it out, or confirm that it concerns nobody."
        )
        + (f" The first {_MOST_TOLD} places are told; there are {more} more." if more > 0 else ""),
        errors=tuple(
            FieldError(
                field,
                f"{hit.strength}_{hit.kind}",
                _told(field, hit),
                place=(hit.start + 1, hit.end),
            )
            for field, hit in refused[:_MOST_TOLD]
        ),
    )


def _told(field: str, hit: Hit) -> str:
    what = f"Looks like {_ENGLISH[hit.label]}, characters {hit.start + 1} to {hit.end}."
    # A parameter of an address has nothing beside it that could say so.
    may_stand = hit.strength == "weak" and field.startswith("/")
    return f"{what} Take it out; if it concerns nobody, confirmed_no_personal_data says so." if may_stand else what


def _finder(row: Mapping[str, Any]) -> Callable[[Text], Iterator[tuple[int, int]]]:
    if "lengths" in row:
        return partial(
            numbers,
            lengths=row["lengths"],
            looks=NUMBER_CHECKS[row["check"]],
            begin=pattern_of({"begin": rf"(?<!\d)(?={row['begin']})"}, "begin") if "begin" in row else None,
            lead=row.get("lead", ""),
            usual=frozenset(map(tuple, row.get("usual", ()))),
        )
    return partial(
        search,
        pattern=pattern_of(row),
        check=CHECKS[row.get("check", "")],
        not_behind=pattern_of({"before": rf"(?:{row['not_behind']})\Z"}, "before") if "not_behind" in row else None,
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    cues = [word for word in words_of(row) if word[0].isalpha()]
    return Rule(
        kind=row["kind"],
        label=row["label"],
        strength=row["strength"],
        find=_finder(row),
        instead=tuple(
            Instead(CHECKS[each["check"]], each["kind"], each["label"], each["strength"])
            for each in row.get("instead", ())
        ),
        # Of a cue of several words the longest one is looked for.
        words=frozenset(max(cue.encode("latin-1").translate(_WORDS).split(), key=len) for cue in cues),
        signs=tuple(word for word in words_of(row) if not word[0].isalpha()),
        digits=b"0" * row.get("digits", 0),
        shape=re.compile(row["shape"].encode()) if "shape" in row else None,
        hits=tuple(row["hits"]),
        misses=tuple(row["misses"]),
    )


RULES = tuple(map(_rule, TABLE["rule"]))
_ENGLISH: Mapping[str, str] = TABLE["english"]
# Three letters and three digits are a plate in a sentence, and a likely case number where a code stands; a day of the
# last years with four digits behind it may be a child in a sentence, and is a likely date with a serial number there.
NOT_IN_CODES = frozenset(("plate", "moment", "recent_personnummer"))
_HARMLESS = re.compile("|".join(f"(?:{each['pattern']})" for each in TABLE["harmless"]), re.VERBOSE | re.IGNORECASE)
_CUES = frozenset(word for rule in RULES for word in rule.words)
_SIGNS = re.compile("|".join(sorted({re.escape(sign) for rule in RULES for sign in rule.signs})) or "(?!)")
