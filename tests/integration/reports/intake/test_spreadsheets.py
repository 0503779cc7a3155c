"""GET /reports.csv: the table for systems, and the one that a spreadsheet opens by a double click."""

import csv
import io
import re
from typing import Any

import httpx
import pytest

from shared.bus import Bus
from shared.messages.gateway import OrganisationChanged
from shared.texts import defused
from tests.support.look.bus import tell
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, new_key, wait_until

SENDER = make_principal(kind="housing", role="member")
NEIGHBOUR = make_principal(kind="school", role="member", areas=("01",))
TEXT = 'Rad ett; "citat", halv 9\n=1+1'


@pytest.fixture
async def sent(reports: httpx.AsyncClient, reports_url: str, reports_database: Database, bus: Bus) -> str:
    """A report with what breaks tables, and a whole day after it; of a sender with a name that calculates."""
    async with client(reports_url, service="reports", principal=SENDER) as sender:
        for body in (
            make_report(text=TEXT, external_reference="V-1", certainty="likely"),
            make_report(category="other", subcategory=None, occurred_from="2026-07-01", occurred_to=None, point=None),
        ):
            answer = await sender.post("/reports", json=body, headers=new_key())
            assert answer.status_code == 201, answer.text
    called: dict[str, Any] = {
        "sequence": 1,
        "organisation_id": SENDER.organisation_id,
        "name": "=Bostäder;AB",
        "kind": "housing",
    }
    await tell(bus, OrganisationChanged(**called, areas=[], active=True))
    async with connected(reports_database.admin_url) as admin:
        known = "SELECT name FROM organisations WHERE id = $1"
        await wait_until(lambda: admin.fetchval(known, SENDER.organisation_id), what="the name to be known")
    return str(answer.json()["id"])


async def sheet(caller: httpx.AsyncClient, delimiter: str = ";", **asked: Any) -> list[dict[str, str]]:
    """The rows of the table for people."""
    answer = await caller.get("/reports.csv", params={"format": "excel", **asked})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


async def test_a_spreadsheet_has_names_local_times_and_decimal_commas(reports: httpx.AsyncClient, sent: str) -> None:
    """In Swedish, as the municipality is; what would calculate is defused in names too."""
    (row,) = await sheet(reports, category="order")
    expected = {
        "Dag": "2026-11-20", "Tvåtimmarsintervall": "16–18", "Från": "2026-11-20 16:30:00",
        "Till": "2026-11-20 17:15:00", "Kategori": "Ordningsstörning", "Underkategori": "Störande samling",
        "Område": "Torget", "Allvarlighetsgrad": "2", "Status": "mottagen", "Text": defused(TEXT),
        "Inskickad av": defused("=Bostäder;AB"), "Egen referens": "V-1", "Typ av plats": "allmän plats",
        "I mörker": "ja", "Hur säkert": "trolig", "Latitud": "63,1765", "Longitud": "14,64", "Kategorikod": "order",
        "Underkategorikod": "gathering", "Områdeskod": "01", "Inskickad av, id": str(SENDER.organisation_id),
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected
    (whole,) = await sheet(reports, category="other")
    empty = ("Tvåtimmarsintervall", "Underkategori", "Område", "I mörker", "Latitud", "Hur säkert", "Räknas ihop med")
    assert {whole[name] for name in empty} == {""}
    assert whole["Från"] == "2026-07-01 00:00:00"


@pytest.mark.parametrize(
    ("language", "delimiter", "names"),
    [
        ("en", ",", {"Category": "Disorder", "Status": "received", "In the dark": "yes", "Latitude": "63.1765"}),
        ("en-GB", ",", {"Area": "Torget", "Until": "2026-11-20 17:15:00", "Longitude": "14.64"}),
        ("sv", ";", {"Kategori": "Ordningsstörning", "Status": "mottagen", "I mörker": "ja", "Latitud": "63,1765"}),
        ("fi", ";", {"Category": "Disorder", "Status": "received", "In the dark": "yes", "Latitude": "63,1765"}),
    ],
)
async def test_a_spreadsheet_is_in_the_language_that_is_asked_for(
    reports: httpx.AsyncClient, sent: str, language: str, delimiter: str, names: dict[str, str]
) -> None:
    """Whatever the municipality's is: headings, words and separators; in a third one English words, its separators."""
    (row,) = await sheet(reports, delimiter, category="order", language=language)
    assert {name: row[name] for name in names} == names


@pytest.mark.parametrize("language", ["xx", "svenska", "sv_SE", "", "en,sv"])
async def test_a_language_that_there_is_not_is_refused(reports: httpx.AsyncClient, language: str) -> None:
    """422, naming those that have words."""
    answer = await reports.get("/reports.csv", params={"format": "excel", "language": language})
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert (error["field"], "in sv and en" in error["detail"]) == ("language", True)


async def test_what_a_reader_may_not_see_is_empty_in_a_spreadsheet_too(
    reports: httpx.AsyncClient, reports_url: str, sent: str
) -> None:
    """Of another's report: no text, no minute, no sender by id or by name."""
    async with client(reports_url, service="reports", principal=NEIGHBOUR) as school:
        (row,) = await sheet(school)
    hidden = ("Från", "Till", "Text", "Inskickad av", "Inskickad av, id", "Egen referens", "Latitud", "Status", "Inkom")
    assert {row[name] for name in hidden} == {""}
    assert (row["Tvåtimmarsintervall"], row["Kategori"], row["Område"]) == ("16–18", "Ordningsstörning", "Torget")


async def test_the_table_for_systems_has_moments_as_the_api_writes_them(reports: httpx.AsyncClient, sent: str) -> None:
    """RFC 3339, in UTC; commas, points and codes; no mark."""
    answer = await reports.get("/reports.csv", params={"category": "order"})
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert (row["occurred_from"], row["occurred_to"]) == ("2026-11-20T15:30:00Z", "2026-11-20T16:15:00Z")
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"
    assert re.fullmatch(moment, row["received_at"])
    assert row["updated_at"] == row["received_at"]
    assert (row["lat"], row["text"]) == ("63.1765", defused(TEXT))


async def test_an_unknown_form_is_refused_with_those_there_are(reports: httpx.AsyncClient) -> None:
    """422, naming them."""
    answer = await reports.get("/reports.csv", params={"format": "xlsx"})
    assert answer.status_code == 422
    assert "One of: rfc4180, excel." in answer.json()["errors"][0]["detail"]
