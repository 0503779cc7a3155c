"""A mapping as a plain form: from the suggestion to fields, and from the fields back to a document."""

from collections.abc import Mapping
from typing import Any

from services.gateway.pages.imports.codes import SNAPSHOTS, SNAPSHOTS_OF
from services.gateway.pages.imports.dates import chosen_forms
from services.gateway.pages.imports.readings import Whole
from services.gateway.pages.imports.words import defaults_from, is_of_both, values_from
from services.gateway.pages.speech.language import Texts, marked

# Their texts may stand in several columns, which are joined; seldom those of the last two.
_JOINED = ("occurred_from", "occurred_to", "text", "external_reference")
_SELDOM = ("text", "external_reference")
MOST_JOINED = 5
Fields = Mapping[str, str]
FIELDS = Texts(
    {
        "external_reference": marked("Your reference"),
        "category": marked("Category"),
        "subcategory": marked("Sub-category"),
        "occurred_from": marked("Date, from"),
        "occurred_to": marked("Until"),
        "x": marked("Coordinate east (x)"),
        "y": marked("Coordinate north (y)"),
        "point": marked("Both coordinates in one column"),
        "place_code": marked("Area code or name"),
        "location_kind": marked("Kind of place"),
        "severity": marked("Severity"),
        "text": marked("Text"),
    }
)


def columns_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A line for each field: its code, its name, the columns chosen, and how many can be joined.

    chosen: as many as can be, those that are not chosen empty. shown: so many of them without asking for more.
    """
    rows = []
    for field, name in FIELDS.items():
        columns = document["columns"].get(field) or []
        chosen = [columns] if isinstance(columns, str) else list(columns)
        most = MOST_JOINED if field in _JOINED else 1
        shown = max(len(chosen), 1 + (field not in _SELDOM and most > 1))
        padded = [*chosen, *[""] * most][: max(most, len(chosen))]
        rows.append({"field": field, "name": name, "chosen": padded, "most": most, "shown": min(shown, most)})
    return rows


def document_of(base: Mapping[str, Any], sent: Fields, *, kept: bool = False) -> dict[str, Any]:
    """The document of the form as it was sent, on the ground of what the form was made of.

    What the form does not show, or came back as it was shown, stays as it is there. kept: a mapping with a name, whose
    rules for words that it does not know are its own.
    """
    columns = {row["field"]: chosen for row in columns_of(base) if (chosen := _column(base, row, sent))}
    if _holds_both(base["columns"], columns, kept=kept):
        columns["subcategory"] = columns["category"]
    document = {**base, "columns": columns, "values": values_from(base, sent, columns, kept=kept)}
    document["datetime_format"] = chosen_forms(base, sent)
    document["crs"] = sent.get("crs") or None
    if sent.get("encoding"):
        document["encoding"] = sent["encoding"]
    if "asks_midnight" in sent:
        document["midnight"] = "unknown" if "midnight" in sent else None
    if "asks_utc" in sent:
        document["time_zone"] = "UTC" if "utc" in sent else None
    if "asks_sheet" in sent:
        # A sheet may be called 2026; a number that was kept is one as it comes back.
        document["sheet"] = base.get("sheet") if sent.get("sheet") == str(base.get("sheet")) else sent.get("sheet")
    if "asks_header_row" in sent:
        document["header_row"] = _row(sent.get("header_row", ""))
    if "asks_identity" in sent:
        ticked = [column for name, column in sent.items() if name.startswith("identity_")]
        document["identity"] = ticked or None
    wanted = base.get("constants") or {}
    document["constants"] = {field: value for field, value in wanted.items() if field not in columns}
    if "category" not in columns:
        document["constants"]["category"] = sent.get("constant_category") or "other"
    of_kept = {field: value for field, value in base.get("defaults", {}).items() if field in columns}
    document["defaults"] = of_kept if kept else defaults_from(base, sent, columns)
    if is_of_both(document) and not is_of_both(base):
        # A word that means a category alone says no sub-category.
        document["defaults"].setdefault("subcategory", None)
    return {
        name: value for name, value in document.items() if value or value == 0 or (value is not None and name in base)
    }


def _holds_both(before: Mapping[str, Any], columns: Mapping[str, Any], *, kept: bool) -> bool:
    """Whether a column that is now chosen for the category is the sub-category's too, until another one is."""
    if columns.get("category") in (None, before.get("category")):
        return False
    finer = columns.get("subcategory")
    return finer == before.get("category") if finer else not kept


def whole_of(sent: Fields) -> Whole | None:
    """That the file holds everything, if the form says so."""
    snapshot, of = sent.get("snapshot", ""), sent.get("snapshot_of", "")
    return Whole(snapshot, of if of in SNAPSHOTS_OF else "period") if snapshot and snapshot in SNAPSHOTS else None


def _row(text: str) -> str | int | None:
    """A row by its number; what is none stays as it is, for the service to refuse."""
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 8 else plain or None


def _column(base: Mapping[str, Any], row: Mapping[str, Any], sent: Fields) -> str | list[str] | None:
    parts = ["", *(f"_{number}" for number in range(2, row["most"] + 1))]
    chosen = [sent.get(f"column_{row['field']}{part}", "") for part in parts]
    if any(chosen) and chosen == row["chosen"][: row["most"]]:
        before: str | list[str] = base["columns"][row["field"]]
        return before
    names = [name for name in chosen if name]
    return names[0] if len(names) == 1 else names or None
