"""Which field a column is by its name alone."""

import pytest

from services.reports.suggestions.headings import is_of_no_field, roles_of

FIRST = {
    "Ärendenr": "external_reference", "ÄRENDENUMMER": "external_reference", "K-nummer": "external_reference",
    "Incident Number": "external_reference", "Saksnr": "external_reference", "SR_NUMBER": "external_reference",
    "Händelsetyp": "category", "Typ av händelse": "category", "Crime type": "category", "primaryType": "category",
    "Underkategori": "subcategory", "Händelsedatum": "occurred_from", "Date of incident": "occurred_from",
    "Occurred at": "occurred_from", "Datum (ÅÅÅÅ-MM-DD)": "occurred_from", "created_at": "occurred_from",
    "Kl": "time", "Klokkeslett": "time", "Uhrzeit": "time", "Slutdatum": "occurred_to", "Tatzeit bis": "occurred_to",
    "Till kl": "time_to", "Öst (X)": "x", "Rechtswert": "x", "Hochwert": "y",
    "x_coord": "x", "koord_nord": "y", "POINT_X": "x",
    "Sweref99TM_E": "x", "Längengrad": "x", "latitude": "y", "Koordinat N": "y",
    "Stadsdel": "place_code", "Områdeskod": "place_code", "Bydel": "place_code", "Plats": "place",
    "Typ av plats": "location_kind", "Allvarlighetsgrad": "severity", "Allvarlighetsgrad (1–5)": "severity",
    "Prio": "severity", "Risknivå": "severity", "Fritext": "text", "Händelsebeskrivning": "text",
    "Bemærkning": "text", "lisätiedot": "text", "Vi såg": "text",
}  # fmt: skip
NONE = ("Status", "Avslutad", "Closed Date", "Skapad av", "Adress", "Belopp", "Född", "Utfall", "", "§", "Hund")


@pytest.mark.parametrize("name", FIRST)
def test_a_name_of_the_trade_is_known(name: str) -> None:
    """In six languages, as compounds, as programs write them, with a hint in parentheses."""
    assert [role.field for role in roles_of(name)][:1] == [FIRST[name]]


@pytest.mark.parametrize("name", NONE)
def test_what_no_report_has_is_no_field(name: str) -> None:
    """Also not when it ends, is paid or was born on a day."""
    assert roles_of(name) == ()


def test_when_it_happened_goes_before_when_it_was_said() -> None:
    """And a name with a word that nobody knows is not sure."""
    ranks = [roles_of(name)[0].rank for name in ("Händelsedatum", "Datum", "Inkom")]
    assert ranks == sorted(set(ranks))
    assert roles_of("Datum")[0].sure
    assert not roles_of("Datum granen")[0].sure
    assert is_of_no_field("Avslutsdatum")
    assert not is_of_no_field("Datum")
