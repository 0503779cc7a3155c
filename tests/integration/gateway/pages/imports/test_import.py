"""/import: a file from Swedish Excel is sent, its mapping looked at, read in and followed, through the gateway."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from html import unescape
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import Response

from services.gateway.access import people
from tests.integration.reports.sheets import workbook
from tests.support.look.forms import form_to
from tests.support.make.people import PASSWORD, Visitor, add_person, hidden, visiting
from tests.support.servers.services import wait_until

LIST = (
    "Ärendenr;Datum;Kl;Ärendetyp;Öst;Nord;Anteckning\r\n"
    "G-1;2026-11-16;20:00;Klotter;482000,5;7003000,5;Klotter på gaveln\r\n"
    "G-2;2026-11-17;21:30;Buller;482100,0;7003100,0;Hög musik\r\n"
    "G-3;2026-11-17;99:30;Buller;482100,0;7003100,0;Fel klocka\r\n"
).encode("cp1252")


@pytest.fixture
async def sender(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[Visitor]:
    """Somebody of a housing company, signed in."""
    name, organisation_id = await add_person(gateway_app, kind="housing", role="member")
    async with visiting(gateway_url, name, organisation_id) as visitor:
        yield visitor


async def upload(sender: Visitor, content: bytes) -> str:
    """Send a file; the address of its mapping."""
    token = hidden((await sender.browser.get("/import")).text, "form_token")
    answer = await sender.browser.post("/import", data={"form_token": token}, files={"file": ("lista.csv", content)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def typed(html: str, **changes: str) -> dict[str, str]:
    """The form as the browser would send it with the columns of LIST chosen."""
    return {
        "form_token": hidden(html, "form_token"), "name": "granen", "datetime_format": "%Y-%m-%d %H:%M",
        "crs": "EPSG:3006", "column_external_reference": "Ärendenr", "column_occurred_from": "Datum",
        "column_occurred_from_2": "Kl", "column_category": "Ärendetyp", "column_x": "Öst", "column_y": "Nord",
        "column_text": "Anteckning", "field_0": "category", "text_0": "Klotter", "code_0": "damage",
        "field_1": "category", "text_1": "Buller", "code_1": "order",
    } | changes  # fmt: skip


def count_of(name: str, page: str) -> str:
    """A count of a file as its page says it, which leads to a list or does not."""
    found = re.search(rf'{name}</dt><dd class="number">(?:<a [^>]*>)?([^<]*)<', page)
    assert found is not None, page
    return found[1]


async def test_a_list_is_sent_mapped_and_read_in(sender: Visitor) -> None:
    """The suggestion shows the rows; the counts add up; the error is named by line and can be fetched as CSV."""
    address = await upload(sender, LIST)
    shown = (await sender.browser.get(address)).text
    assert "Klotter på gaveln" in shown
    assert '<option value="Datum" selected>' in shown
    started = await sender.browser.post(address, data=typed(shown))
    assert started.status_code == 303, started.text
    place = started.headers["location"]

    async def done() -> bool:
        answer = await sender.browser.get(place)
        return "refresh" not in answer.headers

    await wait_until(done, timeout_s=30, what="the file to be read")
    followed = (await sender.browser.get(place)).text
    assert count_of("Nya", followed) == "2"
    assert 'Fel</dt><dd class="number">1<' in followed
    errors = (await sender.browser.get(f"{place}/errors.csv")).text.splitlines()
    assert errors[0].endswith("Rad;Kolumn;Fel eller anmärkning;Er beteckning;Tas raden med?")
    assert errors[1].startswith("4;")
    assert errors[1].endswith(";nej")
    assert "Fel klocka" not in "".join(errors)
    assert "Hög musik" in (await sender.browser.get("/reports")).text
    again = await sender.browser.get(address)
    assert (again.status_code, again.headers["location"]) == (303, place)


async def ended(sender: Visitor, place: str) -> str:
    """The page of a file that is read, once it loads itself no more."""

    async def done() -> bool:
        return "refresh" not in (await sender.browser.get(place)).headers

    await wait_until(done, timeout_s=30, what="the file to be read")
    return unescape((await sender.browser.get(place)).text)


async def test_a_file_that_holds_everything_tells_what_it_has_no_more(sender: Visitor) -> None:
    """By day and reference; withdrawn once its sender has looked, and not before."""
    for content, snapshot in ((LIST, ""), (LIST[: LIST.index(b"G-2")], "report")):
        address = await upload(sender, content)
        sent = typed((await sender.browser.get(address)).text, snapshot=snapshot, snapshot_of="all")
        place = (await sender.browser.post(address, data=sent)).headers["location"]
        shown = await ended(sender, place)
    assert "G-2" in shown
    assert "lista.csv" in shown
    assert "1 rapport" in shown
    token = {"form_token": hidden(shown, "form_token")}
    assert (await sender.browser.post(f"{place}/withdraw", data=token)).status_code == 303
    assert "tillbakadragna" not in await ended(sender, place)
    assert (await sender.browser.post(f"{place}/withdraw", data=token | {"sure": "yes"})).status_code == 303
    assert "1 av dem tillbakadragna" in await ended(sender, place)


async def test_a_clock_that_is_not_used_is_named(sender: Visitor) -> None:
    """Among what is uncertain, by its column; the forms of days with and without a clock come back as they were."""
    content = "Nr;Typ;Datum;Kl;Larm\n1;Klotter;2026-11-16 00:00:00;20:00;20:05\n2;Buller;2026-11-17 00:00:00;;20:05\n"
    shown = (await sender.browser.get(await upload(sender, content.encode()))).text
    assert "Klockslagen i ”Larm” används inte." in unescape(shown)
    assert "Klockslagen i ”Kl”" not in unescape(shown)
    assert 'value="%Y-%m-%d 00:00:00 %H:%M | %Y-%m-%d 00:00:00"' in shown


async def test_many_clicks_read_a_file_once(sender: Visitor) -> None:
    """A second click, another tab: the file goes in whole and once, and all of them lead to it."""
    rows = "".join(
        f"G-{n};2026-11-{n % 9 + 1:02};20:00;Klotter;{482000 + n},5;7003000,5;Klotter {n}\r\n" for n in range(12_000)
    )
    address = await upload(sender, (LIST.decode("cp1252").splitlines(keepends=True)[0] + rows).encode("cp1252"))
    shown = (await sender.browser.get(address)).text
    clicks = await asyncio.gather(*(sender.browser.post(address, data=typed(shown)) for _ in range(4)))
    place = clicks[0].headers["location"]
    assert [(each.status_code, each.headers["location"]) for each in clicks] == [(303, place)] * 4

    async def done() -> bool:
        return "refresh" not in (await sender.browser.get(place)).headers

    await wait_until(done, timeout_s=30, what="the file to be read")
    followed = (await sender.browser.get(place)).text
    assert re.fullmatch("12.000", count_of("Nya", unescape(followed)))
    assert 'Fel</dt><dd class="number">0<' in followed


async def followed(sender: Visitor, answer: Response) -> str:
    """The page of a file that was handed over, once it is through."""
    place = answer.headers["location"]

    async def done() -> bool:
        return "refresh" not in (await sender.browser.get(place)).headers

    await wait_until(done, timeout_s=30, what="the file to be read")
    return (await sender.browser.get(place)).text


async def test_a_file_is_tried_before_it_is_read(sender: Visitor) -> None:
    """A trial shows counts and errors and keeps nothing; the reading can be changed, the file then read as tried."""
    address = await upload(sender, LIST)
    shown = (await sender.browser.get(address)).text
    tried = await sender.browser.post(address, data=typed(shown, trial="1", text_0="Klottrat"))
    assert tried.status_code == 303, tried.text
    preview = await followed(sender, tried)
    assert "inget är sparat" in preview
    assert 'Nya</dt><dd class="number">2<' in preview
    assert 'Fel</dt><dd class="number">1<' in preview
    assert "Hög musik" not in (await sender.browser.get("/reports")).text
    assert "prov, klar" in (await sender.browser.get("/import")).text
    again = (await sender.browser.get(address)).text
    assert "Klottrat" in again
    assert "Klottrat" not in (await sender.browser.get(f"{address}?base=kept:granen")).text, "a trial keeps no reading"
    form = form_to(preview, f"{address}/read").fields
    read = await sender.browser.post(f"{address}/read", data=form)
    assert read.status_code == 303, read.text
    assert count_of("Nya", await followed(sender, read)) == "2"
    assert "Hög musik" in (await sender.browser.get("/reports")).text
    second = await sender.browser.post(f"{address}/read", data=form)
    assert (second.status_code, second.headers["location"]) == (303, read.headers["location"])
    assert (await begin_with(sender))[2].status_code == 303, "the next file is read so too, and nothing is asked"


async def begin_with(sender: Visitor, **changes: str) -> tuple[str, dict[str, str], Response]:
    """Send LIST, and its form with some fields changed: the file's address, what was sent, the answer."""
    address = await upload(sender, LIST)
    sent = form_to((await sender.browser.get(address)).text, address).fields | changes
    return address, sent, await sender.browser.post(address, data=sent)


async def test_a_kept_reading_is_begun_with_and_never_lost(sender: Visitor) -> None:
    """The next file is read as the last; a trial, whatever comes of it, leaves the reading; to replace it is asked."""
    shown = (await sender.browser.get(first := await upload(sender, LIST))).text
    kept = {"name": "granen", "datetime_format": "%Y-%m-%d %H:%M | %Y-%m-%d"}
    assert (await sender.browser.post(first, data=typed(shown, **kept))).status_code == 303
    _, again, answer = await begin_with(sender)
    assert answer.status_code == 303, "nothing was changed, so nothing is asked"
    assert again.items() >= {**kept, "base": "kept:granen", "code_0": "order", "code_1": "damage"}.items()
    address, _, tried = await begin_with(sender, trial="1", code_1="traffic", column_text="")
    assert tried.status_code == 303, tried.text
    assert (await begin_with(sender, trial="1", crs="EPSG:0"))[2].status_code == 422
    address, sent, unasked = await begin_with(sender, code_1="traffic")
    assert sent == again | {"code_1": "traffic", "form_token": sent["form_token"]}, "the trials changed nothing"
    assert unasked.status_code == 422
    words = re.sub(r"\s+", " ", unescape(unasked.text))
    assert f"Ersätt ”granen”, senast ändrad av {sender.name} den " in words
    form = form_to(unasked.text, address).fields
    assert form == sent
    mark = re.findall(r'name="replace" type="checkbox" value="([^"]*)"', unasked.text)[0]
    assert (await sender.browser.post(address, data=form | {"replace": "granen:7"})).status_code == 422
    assert (await sender.browser.post(address, data=form | {"replace": mark})).status_code == 303
    assert (await begin_with(sender, name="annan"))[1]["code_1"] == "traffic"


async def test_a_column_that_was_renamed_is_not_done_without(sender: Visitor) -> None:
    """Of a kept reading: its select keeps the name, and no button reads the file until another, or none, is chosen."""
    shown = (await sender.browser.get(first := await upload(sender, LIST))).text
    assert (await sender.browser.post(first, data=typed(shown, asks_identity="1", identity_3="Kl"))).status_code == 303
    renamed = LIST.replace("Ärendetyp".encode("cp1252"), b"Typ", 1).replace(b"Kl;", b"Klocka;", 1)
    address = await upload(sender, renamed)
    page = (await sender.browser.get(address)).text
    form = form_to(page, address).fields
    kept = {"base": "kept:granen", "column_category": "Ärendetyp", "column_occurred_from_2": "Kl"}
    assert form.items() >= kept.items()
    assert unescape(page).count("Ärendetyp (finns inte i filen)") == 1
    replaced = {"replace": "granen:1"}
    for asked in ({"trial": "1"}, {}, replaced, replaced | {"trial": "1"}, {"column_category": "Typ"}):
        refused = await sender.browser.post(address, data=form | asked)
        assert refused.status_code == 422, asked
        assert "som filen inte har" in unescape(refused.text)
        assert 'name="replace"' not in refused.text, "nothing leads past it"
    ticks = {name: value for name, value in form.items() if value != "Kl"}
    mended = ticks | {"column_category": "Typ", "column_occurred_from_2": "Klocka", "trial": "1"}
    tried = await sender.browser.post(address, data=mended)
    if tried.status_code == 422:  # the words of a column that was chosen now are listed first
        tried = await sender.browser.post(address, data=form_to(tried.text, address).fields | {"trial": "1"})
    assert tried.status_code == 303, unescape(tried.text)


async def test_letters_that_do_not_tell_are_asked_about(sender: Visitor) -> None:
    """Each encoding with how the file reads in it; without a choice nothing is tried, and the choice is what comes."""
    only = LIST.decode("cp1252").translate(str.maketrans("ÄÖå", "AOa"))
    address = await upload(sender, only.encode("mac-roman"))
    page = (await sender.browser.get(address)).text
    assert "Macintosh: Hög musik" in unescape(page)
    form = form_to(page, address).fields | {"datetime_format": "%Y-%m-%d %H:%M", "trial": "1"}
    assert form["encoding"] == "auto"
    refused = await sender.browser.post(address, data=form)
    assert (refused.status_code, "Välj hur filen är skriven" in unescape(refused.text)) == (422, True)
    tried = await sender.browser.post(address, data=form | {"encoding": "mac-roman"})
    assert tried.status_code == 303, unescape(tried.text)
    again = (await sender.browser.get(address)).text
    assert form_to(again, address).fields["encoding"] == "mac-roman"
    del form["trial"]
    await followed(sender, await sender.browser.post(address, data=form | {"encoding": "mac-roman"}))
    assert "Hög musik" in (await sender.browser.get("/reports")).text


async def test_a_colleagues_reading_is_not_lost_to_a_file_that_was_tried(
    sender: Visitor, gateway_app: FastAPI, gateway_url: str
) -> None:
    """Kept under the same name between trial and reading: whoever reads what they tried is asked."""
    address = await upload(sender, LIST)
    tried = await sender.browser.post(address, data=typed((await sender.browser.get(address)).text, trial="1"))
    assert tried.status_code == 303, tried.text
    async with gateway_app.state.database.sessions() as session, session.begin():
        await people.add_user(
            session, organisation_id=sender.organisation_id, kind="housing", name="kollega", role="member",
            password=PASSWORD, actor="test",
        )  # fmt: skip
    async with visiting(gateway_url, "kollega", sender.organisation_id) as colleague:
        theirs = await begin_with(colleague, name="granen")
        assert theirs[2].status_code == 303, theirs[2].text
    form = form_to(await followed(sender, tried), f"{address}/read").fields
    answer = await sender.browser.post(f"{address}/read", data=form)
    assert (answer.status_code, "senast ändrad av kollega" in answer.text) == (422, True)
    form = form_to(answer.text, address).fields
    assert form["base"] == "tried"
    mark = re.findall(r'name="replace" type="checkbox" value="([^"]*)"', answer.text)[0]
    replaced = await sender.browser.post(address, data=form | {"replace": mark})
    assert "file=" not in replaced.headers["location"], "as it was tried: it is not tried once more"


async def test_what_is_read_in_is_what_was_shown(sender: Visitor) -> None:
    """Changed behind the trial, in its form or in another window, a file is tried once more before it is read."""
    address = await upload(sender, LIST)
    shown = (await sender.browser.get(address)).text
    first = await followed(sender, await sender.browser.post(address, data=typed(shown, trial="1")))
    form = form_to((await sender.browser.get(address)).text, address).fields
    unseen = await sender.browser.post(address, data=form | {"code_1": "traffic"})
    assert "differs=1" in unseen.headers["location"]
    second = await followed(sender, unseen)
    assert "inte det som visades" in second
    late = await sender.browser.post(f"{address}/read", data=form_to(first, f"{address}/read").fields)
    assert late.headers["location"] == unseen.headers["location"]
    assert "Hög musik" not in (await sender.browser.get("/reports")).text
    same = form_to((await sender.browser.get(address)).text, address).fields
    read = await sender.browser.post(address, data=same)
    assert "file=" not in read.headers["location"], "what was tried is read without another trial"
    await followed(sender, read)
    assert "Hög musik" in (await sender.browser.get("/reports")).text


async def test_a_mapping_that_does_not_fit_is_refused_in_words(sender: Visitor) -> None:
    """Without a date, with an unknown reference system, under a name that is none; the file stays to try again."""
    address = await upload(sender, LIST)
    shown = (await sender.browser.get(address)).text
    for changes, said in (
        ({"column_occurred_from": "", "column_occurred_from_2": ""}, "Välj kolumnen med datum."),
        ({"crs": "EPSG:0"}, "Koordinatsystemet finns inte"),
        ({"name": "Vår lista"}, "Namnet får bara ha"),
    ):
        answer = await sender.browser.post(address, data=typed(shown, **changes))
        assert answer.status_code == 422
        assert said in answer.text


async def test_files_that_are_no_tables(sender: Visitor) -> None:
    """An empty one, and one without rows."""
    token = hidden((await sender.browser.get("/import")).text, "form_token")
    empty = await sender.browser.post("/import", data={"form_token": token}, files={"file": ("tom.csv", b"")})
    assert empty.status_code == 422
    assert "Välj en fil" in empty.text
    assert "inga rader under dem" in (await sender.browser.get(await upload(sender, b"bara en rad\n"))).text
    picture = unescape((await sender.browser.get(await upload(sender, b"\x89PNG\r\n\x1a\n"))).text)
    assert "Det här är en bild och ingen tabell." in picture


async def test_a_workbook_of_more_than_a_megabyte_is_looked_at(sender: Visitor) -> None:
    """As the page says: up to 50 MB, of which a suggestion needs the first rows."""
    chance = random.Random(3)
    rows = [[f"G-{n}", "2026-11-16", "Klotter", chance.randbytes(400).hex()] for n in range(4000)]
    content = workbook([["Nr", "Datum", "Typ", "Anteckning"], *rows])
    assert len(content) > 1_500_000
    assert "högst 50 MB" in (await sender.browser.get("/import")).text
    shown = await sender.browser.get(await upload(sender, content))
    assert (shown.status_code, "G-0" in shown.text) == (200, True)


async def test_a_file_is_its_senders_alone(sender: Visitor, gateway_app: FastAPI, gateway_url: str) -> None:
    """Another person with the address of the mapping does not see the rows; without the token nothing is kept."""
    address = await upload(sender, LIST)
    name, organisation_id = await add_person(gateway_app, kind="guard", role="member")
    async with visiting(gateway_url, name, organisation_id) as other:
        answer = await other.browser.get(address)
        assert answer.status_code == 404
        assert "gaveln" not in answer.text
        sent = await other.browser.post("/import", data={"form_token": "fel"}, files={"file": ("a.csv", LIST)})
        assert sent.status_code == 403


async def test_no_file_is_said_so(sender: Visitor) -> None:
    """POST /import without one, as from a form without its field."""
    token = hidden((await sender.browser.get("/import")).text, "form_token")
    answer = await sender.browser.post("/import", data={"form_token": token})
    assert answer.status_code == 422
    assert "Välj en fil som innehåller något." in unescape(answer.text)


async def test_another_readings_reports_are_asked_for_first(sender: Visitor) -> None:
    """A trial says whose reports the rows would overwrite; read in, they are left out, or taken over where ticked."""
    assert (await begin_as(sender, LIST, name="granen")).status_code == 303
    other = LIST.replace(b"Klotter;", b"Buller;")
    for ticked, left_out in (({}, True), ({"takes_over": "yes"}, False)):
        address = await upload(sender, other)
        shown = (await sender.browser.get(address)).text
        tried = await sender.browser.post(address, data=typed(shown, name="felanmalan", trial="1"))
        preview = unescape(await ended(sender, tried.headers["location"]))
        assert "1 rad har samma referens som en rapport från er läsning ”granen”" in preview
        form = {name: hidden(preview, name) for name in ("form_token", "tried")}
        read = await sender.browser.post(f"{address}/read", data=form | ticked)
        followed = unescape(await ended(sender, read.headers["location"]))
        assert ("De läses inte in" in followed or "Den läses inte in" in followed) is left_out
        assert count_of("Ändrade", followed) == str(int(not left_out))


async def begin_as(sender: Visitor, content: bytes, *, name: str) -> Response:
    """Send a file and have it read in under a name."""
    address = await upload(sender, content)
    answer = await sender.browser.post(address, data=typed((await sender.browser.get(address)).text, name=name))
    await ended(sender, answer.headers["location"])
    return answer


async def test_counts_of_a_file_lead_to_the_reports_that_they_are_of(sender: Visitor) -> None:
    """As many as they say, by a sentence that names the file; none leads nowhere, nor does a trial."""
    address = await upload(sender, LIST)
    trial = await sender.browser.post(address, data=typed((await sender.browser.get(address)).text, trial="1"))
    assert "_in_import" not in await ended(sender, trial.headers["location"])
    sent = await sender.browser.post(address, data=typed((await sender.browser.get(address)).text))
    first = sent.headers["location"]
    followed = await ended(sender, first)
    new = f"/reports?new_in_import={first.removeprefix('/import/')}"
    assert (f'<a href="{new}">2</a>' in followed, "changed_in_import" in followed) == (True, False)
    shown = unescape((await sender.browser.get(new)).text)
    assert "<strong>2 rapporter</strong>" in shown
    assert "Bara de som filen ”lista.csv” från " in shown
    address = await upload(sender, LIST.replace(b"gaveln", b"muren"))
    form = form_to((await sender.browser.get(address)).text, address).fields
    place = (await sender.browser.post(address, data=form)).headers["location"]
    changed = f"/reports?changed_in_import={place.removeprefix('/import/')}"
    assert f'<a href="{changed}">1</a>' in await ended(sender, place)
    shown = unescape((await sender.browser.get(changed)).text)
    assert ("Klotter på muren" in shown, "Hög musik" in shown) == (True, False)


@pytest.mark.parametrize("fate", ["new", "changed", "withdrawn"])
async def test_a_list_of_no_file_says_so(sender: Visitor, fate: str) -> None:
    """A file that nobody sent, or somebody else, has no reports; what is no id is refused by the name of the choice."""
    none = unescape((await sender.browser.get(f"/reports?{fate}_in_import={uuid4()}")).text)
    assert ("en fil som inte finns" in none, "Inga rapporter att visa" in none) == (True, True)
    wrong = await sender.browser.get(f"/reports?{fate}_in_import=granen")
    assert (wrong.status_code, "”Fil” gick inte att förstå" in unescape(wrong.text)) == (422, True)
