"""What is sent is read in one way only: JSON and forms in UTF-8, keys, parameters and numbers once and as they are."""

from collections.abc import AsyncIterator
from itertools import islice, product
from string import ascii_lowercase
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Form, UploadFile

from shared.database import Database
from shared.http.operations import Operation, Page
from shared.http.parameters import DIGITS, YesOrNo
from shared.http.problems import Limit
from tests.integration.kit.http.edge_app import Thing, is_problem, make_app
from tests.support.servers.services import client, make_principal, running

THING = b'{"name": "v\xc3\xa4g", "size": 3}'
JSON = "application/json"
Level = Annotated[int, DIGITS]


def add_readers(app: FastAPI) -> None:
    """An operation with a query and a body, and a page with a form."""
    router, pages = APIRouter(route_class=Operation), APIRouter(route_class=Page)

    @router.post("/read")
    async def read(thing: Thing, limit: Limit = 20, sure: YesOrNo = False, level: Level = 0) -> dict[str, Any]:
        return {"name": thing.name, "sure": sure, "numbers": [limit, level]}

    @pages.post("/form")
    async def fill(text: Annotated[str, Form()]) -> str:
        return text

    @pages.post("/file")
    async def keep(file: UploadFile) -> list[str | int | None]:
        return [file.filename, len(await file.read())]

    app.include_router(router)
    app.include_router(pages)


@pytest.fixture
async def caller(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who is signed in."""
    app = make_app(database)
    add_readers(app)
    async with running(app) as url, client(url, service="kit", principal=make_principal(client_id="me")) as caller:
        yield caller


BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "a key twice": (b'{"name": "a", "size": 3, "name": "b"}', JSON, 400, "twice"),
    "a key twice within": (b'{"name": {"x": 1, "x": 1}, "size": 3}', JSON, 400, "twice"),
    "utf-16": (THING.decode().encode("utf-16"), JSON, 400, "UTF-8"),
    "utf-16 without a mark": (THING.decode().encode("utf-16-le"), JSON, 400, "JSON"),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + THING, JSON, 400, "UTF-8"),
    "latin-1": (THING.decode().encode("latin-1"), JSON, 400, "UTF-8"),
    "a surrogate": (b'{"name": "\xed\xa0\x80", "size": 3}', JSON, 400, "UTF-8"),
    "no number": (b'{"name": "a", "size": NaN}', JSON, 400, "NaN"),
    "a number without an end": (b'{"name": "a", "size": ' + b"9" * 5000 + b"}", JSON, 422, "/size"),
    "lists in lists": (b"[" * 6000 + b"]" * 6000, JSON, 400, "deep"),
    "objects in objects": (b'{"a":' * 2500 + b"1" + b"}" * 2500, JSON, 400, "deep"),
    "another type": (THING, "text/plain", 400, "Content-Type: application/json"),
    "no JSON": (b"{", JSON, 400, "JSON"),
}


async def test_a_body_is_read_in_one_way(caller: httpx.AsyncClient) -> None:
    """Else it is refused, and the sentence names what is wrong with it."""
    for body, of, status, words in BODIES.values():
        answer = await caller.post("/read", content=body, headers={"Content-Type": of})
        assert words in is_problem(answer, status, {400: "malformed", 422: "invalid"}[status])["detail"]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (b'{"name": "a", "size": NaN}', ["/size"]),
        (b'{"name": [1, {"x": -Infinity}], "size": Infinity}', ["/name/1/x", "/size"]),
        (b'{"name": {"8112189876 Anna": NaN}, "size": 3}', ["/name"]),
        (b"NaN", [""]),
        (b"[" + b"NaN," * 50 + b"1]", [f"/{n}" for n in range(20)]),
    ],
)
async def test_what_is_no_number_is_told_by_its_field(
    caller: httpx.AsyncClient, body: bytes, places: list[str]
) -> None:
    """NaN and Infinity: where each stands, the first twenty; a key that nobody of ours chose is not repeated."""
    answer = await caller.post("/read", content=body, headers={"Content-Type": JSON})
    told = is_problem(answer, 400, "malformed")
    assert [(each["field"], each["code"]) for each in told["errors"]] == [(place, "no_number") for place in places]


async def test_of_very_many_faults_the_first_are_told(caller: httpx.AsyncClient) -> None:
    """More fields that there are not than a batch has reports: a thousand of them, and twenty in the sentence."""
    names = ("".join(letters) for letters in islice(product(ascii_lowercase, repeat=3), 1_100))
    answer = await caller.post("/read", json=dict.fromkeys(names, 1))
    told = is_problem(answer, 422, "invalid")
    assert len(told["errors"]) == 1000
    assert told["detail"].count(",") == 19
    assert " and 980 more" in told["detail"]


async def test_a_body_is_not_packed(caller: httpx.AsyncClient) -> None:
    """Nothing here unpacks it."""
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    answer = await caller.post("/read", content=b"\x1f\x8b", headers=headers)
    assert "Content-Encoding" in is_problem(answer, 400, "malformed")["detail"]


WRONG = ["1_0", "+1", "1.0", " 1", "1 ", "01", "１", "1e1", "", "-", "0x1", "true"]
QUERIES: list[tuple[list[tuple[str, str]], str, str]] = [
    *(([(name, value)], name, "not_a_whole_number") for name in ("limit", "level") for value in WRONG),
    *(([("sure", value)], "sure", "not_true_or_false") for value in ("1", "yes", "on", "True", "t", "")),
    ([("dryrun", "true")], "dryrun", "unknown_parameter"),
    ([("Limit", "1")], "Limit", "unknown_parameter"),
    ([("811218-9876", "1")], "query", "unknown_parameter"),
    ([("sure", "false"), ("sure", "true")], "sure", "repeated_parameter"),
    ([("limit", "1"), ("limit", "1")], "limit", "repeated_parameter"),
]


async def test_a_query_is_read_in_one_way(caller: httpx.AsyncClient) -> None:
    """Numbers in digits, yes and no as true and false, each name once and known."""
    for query, field, code in QUERIES:
        answer = await caller.post("/read?" + urlencode(query), content=THING, headers={"Content-Type": JSON})
        told = is_problem(answer, 422, "invalid")["errors"]
        assert [(each["field"], each["code"]) for each in told] == [(field, code)], query


async def test_what_is_right_is_taken(caller: httpx.AsyncClient) -> None:
    """With and without a charset, a query and a large number that is one."""
    for of in (JSON, f"{JSON}; charset=utf-8", "Application/JSON; Charset=UTF-8", "application/geo+json"):
        query = {"limit": "7", "sure": "true", "level": "-3"}
        answer = await caller.post("/read", params=query, content=THING, headers={"Content-Type": of})
        assert answer.json() == {"name": "väg", "sure": True, "numbers": [7, -3]}


async def test_an_address_is_utf8(caller: httpx.AsyncClient) -> None:
    """Other bytes would be looked for as signs that nobody typed, and not be found."""
    for query in ("limit=%ff", "%e4=1", "level=1&sure=%c3"):
        answer = await caller.post(f"/read?{query}", content=THING, headers={"Content-Type": JSON})
        assert "UTF-8" in is_problem(answer, 400, "malformed")["detail"]


async def test_a_form_has_a_field_once(caller: httpx.AsyncClient) -> None:
    """Of two nobody says which one is meant."""
    twice = parts(b"text", b"a").removesuffix(b"--b--\r\n") + parts(b"text", b"a")
    form, in_parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
    for body, kind in ((b"text=a&text=a", form), (twice, in_parts)):
        answer = await caller.post("/form", content=body, headers={"Content-Type": kind})
        assert "twice" in is_problem(answer, 400, "malformed")["detail"]


async def test_a_form_is_utf8(caller: httpx.AsyncClient) -> None:
    """Other bytes would be kept as signs that nobody typed."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for value in ("%ff", "v%e4g", "%ed%a0%80", "%c3"):
        answer = await caller.post("/form", content=f"text={value}".encode(), headers=form)
        assert "UTF-8" in is_problem(answer, 400, "malformed")["detail"]
    assert (await caller.post("/form", content=b"text=v%C3%A4g+1", headers=form)).json() == "väg 1"


def parts(name: bytes, value: bytes, *, more: bytes = b"") -> bytes:
    """A body of one part, and of a file whose name has the value's bytes where `more` says so."""
    head = b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + more
    return head + b"\r\n\r\n" + value + b"\r\n--b--\r\n"


async def test_the_parts_of_a_form_are_utf8(caller: httpx.AsyncClient) -> None:
    """Their names, texts and names of files, whatever is declared; bytes of files are their own."""
    for kind in ("multipart/form-data", "Multipart/Form-Data"):
        for declared in ("", "; charset=latin-1", "; charset=utf-16", "; charset=nonsense"):
            form = {"Content-Type": f"{kind}; boundary=b{declared}"}
            for body in (
                parts(b"text", b"v\xe4g"),
                parts(b"text", b"\xed\xa0\x80"),
                parts(b"t\xe4xt", b"a"),
                parts(b"file", b"a", more=b'; filename="\xe4.csv"'),
            ):
                answer = await caller.post("/form", content=body, headers=form)
                assert "UTF-8" in is_problem(answer, 400, "malformed")["detail"]
            answer = await caller.post("/form", content=parts(b"text", "väg".encode()), headers=form)
            assert answer.json() == "väg"


async def test_a_form_in_parts_keeps_its_files(caller: httpx.AsyncClient) -> None:
    """With their bytes as they are, and their names."""
    answer = await caller.post("/file", files={"file": ("väg.csv", b"\xff\xfe")})
    assert answer.json() == ["väg.csv", 2]


async def test_a_form_in_other_letters_is_one(caller: httpx.AsyncClient) -> None:
    """Media types have no letters of their own (RFC 9110 §8.3.1): what is checked is checked of it too."""
    form = {"Content-Type": "Application/X-WWW-Form-Urlencoded"}
    answer = await caller.post("/form", content=b"text=%ff", headers=form)
    assert "UTF-8" in is_problem(answer, 400, "malformed")["detail"]
    assert (await caller.post("/form", content=b"text=v%C3%A4g", headers=form)).json() == "väg"
