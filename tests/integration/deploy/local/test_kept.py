"""What a start was told is what the next one knows, in two files that people may change."""

from pathlib import Path

import pytest

from deploy.local import environment, kept
from deploy.local.errors import LocalError
from deploy.local.state import hold, open_state
from shared.settings import Municipality, check

BERLIN = {
    "MUNICIPALITY_NAME": "Berlin",
    "MUNICIPALITY_CODE": "11000",
    "MUNICIPALITY_CRS": "EPSG:25833",
    "MUNICIPALITY_TIME_ZONE": "Europe/Berlin",
}
DEFAULT, DEMO = kept.parse(kept.DEFAULT), kept.parse(kept.DEMO)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of an installation that has never run."""
    with hold(tmp_path / "s"):
        open_state(tmp_path / "s", roles=environment.roles())
    return tmp_path / "s"


def start(home: Path, **told: str) -> dict[str, str]:
    """Whom it serves by a start that was accepted."""
    kept.keep(home, environ=told)
    return kept.municipality(home, environ={})


def test_who_is_told_nothing_runs_by_the_defaults() -> None:
    """The file of defaults has every setting of the municipality, with the value that services know."""
    assert check(Municipality, DEFAULT) == Municipality.model_construct()
    assert set(DEFAULT) == {f"MUNICIPALITY_{name.upper()}" for name in Municipality.model_fields}
    assert "MUNICIPALITY_FICTIVE" not in DEMO  # that follows from what was taken in


@pytest.mark.parametrize("first", [{}, {"MUNICIPALITY_NAME": "Åre"}, BERLIN | {"MUNICIPALITY_LANGUAGE": "en"}])
def test_the_next_start_knows_what_the_last_was_told(home: Path, first: dict[str, str]) -> None:
    """A first start with or without settings, a second with others, a third with one more; what a fourth then knows."""
    assert start(home, PATH="/bin", **first) == DEFAULT | first
    assert start(home, **BERLIN) == DEFAULT | first | BERLIN
    assert start(home, municipality_name="Bonn") == DEFAULT | first | BERLIN | {"MUNICIPALITY_NAME": "Bonn"}
    assert start(home) == kept.municipality(home, environ={"PATH": "/bin"})
    assert (home / kept.MUNICIPALITY).stat().st_mode & 0o777 == 0o600


def test_the_demonstrations_municipality_lasts_as_long_as_it_is_in(home: Path) -> None:
    """It is behind what was told, never kept, and none of an installation without it."""
    kept.keep(home, environ={"MUNICIPALITY_LANGUAGE": "en"})
    english = {"MUNICIPALITY_LANGUAGE": "en"}
    assert kept.municipality(home, environ={}, made_up=True) == DEFAULT | DEMO | english
    assert kept.municipality(home, environ={}) == DEFAULT | english


def test_it_is_said_who_was_named_by_nobody(home: Path) -> None:
    """Until name and code were told, though it be those that it runs by."""
    here = start(home)
    assert kept.untold(home, here) == ["MUNICIPALITY_NAME", "MUNICIPALITY_CODE"]
    assert kept.untold(home, kept.municipality(home, environ={}, made_up=True)) == []
    assert kept.untold(home, start(home, MUNICIPALITY_NAME="Åre")) == ["MUNICIPALITY_CODE"]
    assert kept.untold(home, start(home, MUNICIPALITY_CODE="0000")) == []


def test_ports_are_kept(home: Path) -> None:
    """Each as it was last told; an empty one is not told."""
    assert kept.with_ports(home, {"PATH": "/bin"}) == {"PATH": "/bin"}
    start(home, SAMSYN_PORT="9000", WALKS_PORT="7", WALKS_INNER_PORT="8", SAMSYN_POSTGRES_PORT="9")
    start(home, SAMSYN_PORT="9100", PATH="/bin")
    there = {"SAMSYN_PORT": "9100", "WALKS_PORT": "7", "WALKS_INNER_PORT": "8", "SAMSYN_POSTGRES_PORT": "9"}
    assert kept.with_ports(home, {}) == there
    assert kept.with_ports(home, {"WALKS_PORT": "", "SAMSYN_PORT": "1"}) == there | {"SAMSYN_PORT": "1"}


@pytest.mark.parametrize(
    "name", ["Ås & Berg", '"Åre"', "'", '"', " Åre ", "#1", "a=b", "'a' och 'b'", "\u2028", "$HOME"]
)
def test_any_value_is_read_as_it_was_told(home: Path, name: str) -> None:
    """Quotes, spaces at its ends, and what other programs take for the end of a line."""
    assert start(home, MUNICIPALITY_NAME=name)["MUNICIPALITY_NAME"] == name


def test_what_a_person_wrote_stays(home: Path) -> None:
    """Their comments, their order and lines that did not change; of a setting that stands twice the last one holds."""
    file = home / kept.MUNICIPALITY
    file.write_bytes(b"\xef\xbb\xbf# ours\r\nMUNICIPALITY_NAME='Bonn'\r\n\n# code\nMUNICIPALITY_CODE = 1\n")
    assert start(home) == DEFAULT | {"MUNICIPALITY_NAME": "Bonn", "MUNICIPALITY_CODE": "1"}
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")  # nothing new was told: not a byte changed
    start(home, **BERLIN)
    assert [line.strip() for line in file.read_text().split("\n")] == [
        "# ours", "MUNICIPALITY_NAME=Berlin", "", "# code", "MUNICIPALITY_CODE=11000",
        "MUNICIPALITY_TIME_ZONE=Europe/Berlin", "MUNICIPALITY_CRS=EPSG:25833", "",
    ]  # fmt: skip
    file.write_text("MUNICIPALITY_CODE=1\nMUNICIPALITY_CODE=2")
    assert start(home, MUNICIPALITY_NAME="Bonn")["MUNICIPALITY_CODE"] == "2"
    assert start(home, MUNICIPALITY_CODE="3")["MUNICIPALITY_CODE"] == "3"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (kept.MUNICIPALITY, b"# whom\nMUNICIPALITY_NAME=x\nMUNICIPALITY CODE 2321\n", r"Line 3 of .*municipality\.env"),
        (kept.MUNICIPALITY, b"MUNICIPALITY_NAME=\xc5re\n", r"municipality\.env is not UTF-8 text"),
        (kept.MUNICIPALITY, b"SAMSYN_PORT=8300\n", r"Line 1 of .*municipality\.env has SAMSYN_PORT, but "),
        (kept.PORTS, b"\nGATEWAY_PUBLIC_URL=x\n", r"Line 2 of .*ports\.env has GATEWAY_PUBLIC_URL, but "),
    ],
)
def test_a_wrong_line_is_named(home: Path, file: str, text: bytes, said: str) -> None:
    """The sentence says which line of which file, and nothing is changed."""
    (home / file).write_bytes(text)
    with pytest.raises(LocalError, match=said):
        kept.keep(home, environ=BERLIN)
    assert (home / file).read_bytes() == text


def test_a_refusal_says_where_each_setting_stands(home: Path) -> None:
    """In a file that is named, in the environment, or nowhere; before a first start there is nothing to name."""

    def said(folder: Path, words: str, **environ: str) -> str:
        with pytest.raises(LocalError) as told, kept.saying_where(folder, environ):
            raise LocalError(words)
        return str(told.value).removeprefix(words)

    start(home, MUNICIPALITY_CRS="EPSG:3006", MUNICIPALITY_CODE="1", WALKS_PORT="7")
    words = "MUNICIPALITY_CRS must stay 1, MUNICIPALITY_CODE must stay 2, MUNICIPALITY_TIME_ZONE must stay 3, of 4."
    assert said(home, words, MUNICIPALITY_CRS="EPSG:25833") == (
        f" MUNICIPALITY_CODE stands in {home / kept.MUNICIPALITY}: change it there."
        " MUNICIPALITY_CRS came from the environment of this start, and nothing of that is kept."
        f" MUNICIPALITY_TIME_ZONE stands nowhere: write it into {home / kept.MUNICIPALITY}."
    )
    taken = "Port 7 is taken: set WALKS_PORT, or SAMSYN_PORT to move all."
    assert said(home, taken, WALKS_PORT="7") == f" WALKS_PORT stands in {home / kept.PORTS}: change it there."
    assert said(home.parent / "none", words, MUNICIPALITY_CRS="EPSG:25833") == ""
