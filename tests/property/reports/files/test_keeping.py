"""What becomes of a report that somebody had a hand in, on any facts of it and of a row."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.keeping import corrected, hash_as_said
from services.reports.intake.domain import Place, Point, Report, When, row_hash

POINT = {"lon": 14.64, "lat": 63.17, "e": 482000, "n": 7003000, "cell": "c"}
NOWHERE = dict.fromkeys(POINT)
moments = st.sampled_from([
    {"occurred_from": datetime(2026, 11, day, hour, tzinfo=UTC), "occurred_on": date(2026, 11, day), "band": band}
    for day in (2, 3) for hour, band in ((8, 4), (23, None))
])  # fmt: skip
places = st.one_of(
    st.sampled_from(["01", "02", None]).map(lambda code: {**NOWHERE, "area_code": code, "said_area": None}),
    st.just({**POINT, "area_code": "01", "said_area": None}),
)
# Of a report whose sender named 02, which is out of use: it lies in the area around that.
moved = st.just({**NOWHERE, "area_code": "01", "said_area": "02"})


@st.composite
def facts(draw: st.DrawFn, *, lying: st.SearchStrategy[dict[str, Any]] = places) -> dict[str, Any]:
    """Of a report, or of a row, by the names of the table's columns."""
    said: dict[str, Any] = {
        "id": UUID(int=1), "organisation_id": UUID(int=2), "client_id": "c", "external_reference": "r",
        "category": draw(st.sampled_from(["order", "damage"])),
        "subcategory": draw(st.sampled_from([None, "graffiti"])),
        "severity": draw(st.integers(1, 3)),
        "occurred_to": draw(st.sampled_from([None, datetime(2026, 11, 9, tzinfo=UTC)])),
        **{name: draw(st.sampled_from([None, "a", "b"])) for name in ("location_kind", "text", "certainty")},
    }  # fmt: skip
    return {**said, **draw(moments), **draw(lying)}


def whole(said: dict[str, Any]) -> Report:
    """The report that says so."""
    point = None if said["lon"] is None else Point(**{name: said[name] for name in POINT})
    names = ("id", "organisation_id", "client_id", "external_reference", "category", "subcategory", "severity",
             "location_kind", "text", "certainty")  # fmt: skip
    return Report(
        when=When(**{name: said[name] for name in When._fields}),
        place=Place(area_code=said["area_code"], point=point, said_area=said["said_area"]),
        dark=None,
        **{name: said[name] for name in names},
    )


@given(facts(lying=moved), facts())
def test_what_was_said_of_the_place_stays_until_something_else_is(report: dict[str, Any], row: dict[str, Any]) -> None:
    """A row that names the area once more, or none, leaves the report where it lies meanwhile; any other moves it."""
    after = corrected(report, row, unsaid=())
    same = row["lon"] is None and row["area_code"] in ("02", None)
    assert (after["area_code"], after["said_area"]) == (("01", "02") if same else (row["area_code"], None))
    assert after["row_hash"] == row_hash(whole(after))


@given(facts(), facts(), st.sampled_from([set(), {"severity"}]))
def test_what_a_row_says_stands_and_what_it_leaves_empty_stays(
    report: dict[str, Any], row: dict[str, Any], unsaid: set[str]
) -> None:
    """No field is blanked; the hash is that of the facts; and the same row again changes nothing."""
    after = corrected(report, row, unsaid=unsaid)
    for name in ("text", "location_kind", "certainty"):
        assert after[name] == (report[name] if row[name] is None else row[name])
    assert after["category"] == row["category"]
    assert after["severity"] == (report if unsaid else row)["severity"]
    assert after["area_code"] == (row["area_code"] or (report["area_code"] if row["lon"] is None else None))
    assert after["row_hash"] == row_hash(whole(after))
    assert (after["dark"] is None) == (after["lon"] is None or after["band"] is None)
    again = corrected(after, row, unsaid=unsaid)
    assert again == after


@given(facts(), facts(), st.sampled_from([set(), {"severity"}]))
def test_what_was_only_filled_in_is_not_replaced(
    before: dict[str, Any], filled: dict[str, Any], unsaid: set[str]
) -> None:
    """A report that says what its row said, and more, is as its row said it; one that says otherwise is not."""
    report = {**before, **{name: filled[name] for name in ("text", "certainty") if before[name] is None}}
    assert hash_as_said(report, before, unsaid=unsaid) == row_hash(whole(before))
    other = {**report, "category": "order" if report["category"] == "damage" else "damage"}
    assert hash_as_said(other, before, unsaid=unsaid) != row_hash(whole(before))
