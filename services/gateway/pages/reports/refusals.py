"""What is wrong with a form's fields, from the codes of a refusal. What was typed is not repeated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.pages.speech.language import Texts, marked, marked_in
from services.gateway.pages.speech.language import gettext as _

# By field and code, or by field alone for every other code.
WRONG = Texts(
    {
        ("category", ""): marked("Choose a category from the list."),
        ("subcategory", ""): marked("Choose a category from the list."),
        ("occurred_from", "impossible_time"): marked("The time must lie between the year 1990 and now."),
        ("occurred_from", "skipped_time"): marked("There is no such time on that day: the clocks go forward over it."),
        ("occurred_from", ""): marked("Write the day, and the time as for example 21:30."),
        ("occurred_to", "before_start"): marked("The end lies before the beginning."),
        ("occurred_to", "impossible_time"): marked("The end must lie between the year 1990 and now."),
        ("occurred_to", "skipped_time"): marked("There is no such time on that day: the clocks go forward over it."),
        ("occurred_to", ""): marked("Write the time as for example 22:15."),
        ("area_code", "beside_point"): marked(
            "The coordinates go before the area. Take the coordinates out to use the area, or leave the area empty."
        ),
        ("area_code", ""): marked("There is no such area. Choose one from the list."),
        ("point", ""): marked("The place cannot be found in the municipality. Look at latitude and longitude."),
        ("severity", ""): marked("Choose how serious it was."),
        ("certainty", ""): marked("Choose one of the answers."),
        ("location_kind", ""): marked("Choose one of the answers."),
        ("text", "untypable"): marked(
            "The text holds characters that no key types. Write it anew, or paste it as plain text."
        ),
        ("text", ""): marked("The text has at most 2,000 characters."),
        ("external_reference", "untypable"): marked("The reference holds characters that no key types. Write it anew."),
        ("external_reference", "reserved"): marked("References of this form are given to rows without one."),
        ("external_reference", "blank"): marked("Write a reference that can be seen, or leave it empty."),
        ("external_reference", ""): marked("The reference has at most 100 characters."),
        ("reason", "string_too_long"): marked("The reason has at most 500 characters."),
        ("reason", "untypable"): marked(
            "The reason holds characters that no key types. Write it anew, or paste it as plain text."
        ),
        ("reason", ""): marked("Write a reason. The sender of the report is told it."),
        ("question", "string_too_long"): marked("The question has at most 500 characters."),
        ("question", "untypable"): marked(
            "The question holds characters that no key types. Write it anew, or paste it as plain text."
        ),
        ("question", ""): marked("Write what you need to know. The sender of the report is asked it."),
    }
)
# What looks like personal data, by strength; `_placed` where its place in the text is known.
PERSONAL = Texts(
    {
        "strong_placed": marked(
            "Here is {what} (characters {place}). Take it out. Write about the place, not about persons."
        ),
        "strong": marked("Here is {what}. Take it out. Write about the place, not about persons."),
        "weak_placed": marked(
            "Here is something that looks like {what} (characters {place}). Take it out, or confirm that it concerns "
            "no person."
        ),
        "weak": marked("Here is something that looks like {what}. Take it out, or confirm that it concerns no person."),
        # Beside something that nobody may confirm: there is no box then.
        "weak_beside_placed": marked("Here is something that looks like {what} (characters {place}). Take it out."),
        "weak_beside": marked("Here is something that looks like {what}. Take it out."),
    }
)
# The kinds of `shared/privacy/rules.toml`, whose own names are Swedish.
LABELS = Texts(
    {
        "strong_personnummer": marked("a personal identity number or coordination number"),
        "strong_recent_personnummer": marked("a personal identity number or coordination number"),
        "weak_moment": marked("a date and time, or a personal identity number"),
        "strong_interim_number": marked("a temporary personal identity number"),
        "weak_interim_number": marked_in("likely", "a temporary personal identity number"),
        "strong_payment_card": marked("a payment card number"),
        "strong_iban": marked("an account number (IBAN)"),
        "weak_personnummer": marked_in("likely", "a personal identity number or coordination number"),
        "weak_birth_date": marked("a date of birth"),
        "weak_email": marked("an e-mail address"),
        "weak_phone": marked("a telephone number"),
        "weak_bankgiro": marked("a bankgiro number"),
        "weak_plusgiro": marked("a plusgiro number"),
        "weak_bank_account": marked("an account number"),
        "weak_plate": marked("a registration plate"),
        "weak_name": marked("the name of a person"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Sentences by field. `confirmable`: all that stands in the way is something the sender may confirm."""

    said: Mapping[str, list[str]]
    confirmable: bool


def faults_of(errors: Iterable[Mapping[str, Any]], *, called: Mapping[str, str] | None = None) -> Faults:
    """The sentences for a refusal's errors; the field is the first part of the pointer.

    `called`: fields that the form has under another name than the operation, by the operation's.
    """
    said: dict[str, list[str]] = {}
    faults = list(errors)
    codes = [each["code"] for each in faults]
    confirmable = bool(codes) and all(code.startswith("weak_") for code in codes)
    for each in faults:
        asked = (each.get("field") or "/").strip("/").split("/")[0]
        field = (called or {}).get(asked, asked)
        known = (WRONG.get((name, code)) for code in (each["code"], "") for name in (field, asked))
        words = _personal(each, confirmable=confirmable) or next(filter(None, known), None)
        if words and words not in said.setdefault(field, []):
            said[field].append(words)
    return Faults(said=said, confirmable=confirmable)


def _personal(each: Mapping[str, Any], *, confirmable: bool) -> str | None:
    """The sentence for something that looks like personal data; None for another fault."""
    strength = each["code"].partition("_")[0]
    if strength not in ("strong", "weak"):
        return None
    what = LABELS.get(each["code"], _("personal data"))
    if strength == "weak" and not confirmable:
        strength = "weak_beside"
    place = each.get("place")
    if place is None:
        return PERSONAL[strength].format(what=what)
    return PERSONAL[f"{strength}_placed"].format(what=what, place=f"{place[0]}–{place[1]}")
