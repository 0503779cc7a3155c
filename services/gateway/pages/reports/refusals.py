"""What is wrong with a form's fields, from the codes of a refusal. What was typed is not repeated."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.gateway.pages.reports.form_words import KINDS_EN, PERSONAL, WRONG
from services.gateway.pages.speech.language import Both
from shared.privacy import RULES

_PLACE = re.compile(r"characters (\d+) to (\d+)")
_LABELS = Both(
    {f"{rule.strength}_{rule.kind}": rule.label for rule in reversed(RULES)},
    {f"{rule.strength}_{rule.kind}": KINDS_EN.get(rule.kind, PERSONAL.en["something"]) for rule in RULES},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Sentences by field. `confirmable`: all that stands in the way is something the sender may confirm."""

    said: Mapping[str, list[str]]
    confirmable: bool


def faults_of(errors: Iterable[Mapping[str, str]]) -> Faults:
    """The sentences for a refusal's errors; the field is the first part of the pointer."""
    said: dict[str, list[str]] = {}
    codes = []
    for each in errors:
        field = (each.get("field") or "/").strip("/").split("/")[0]
        codes.append(each["code"])
        words = _personal(each) or WRONG.get((field, each["code"])) or WRONG.get((field, ""))
        if words and words not in said.setdefault(field, []):
            said[field].append(words)
    weak = [code for code in codes if code.startswith("weak_")]
    return Faults(said=said, confirmable=bool(weak) and len(weak) == len(codes))


def _personal(each: Mapping[str, str]) -> str | None:
    """The sentence for something that looks like personal data; None for another fault."""
    strength, _, _ = each["code"].partition("_")
    if strength not in ("strong", "weak"):
        return None
    what = _LABELS.get(each["code"], PERSONAL["something"])
    place = _PLACE.search(each.get("detail", ""))
    if place is None:
        return PERSONAL[strength].format(what=what)
    return PERSONAL[f"{strength}_placed"].format(what=what, place=f"{place[1]}–{place[2]}")
