"""/reports, /reports/new, /reports/{id} and /review: what people see and do, through the running gateway."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from shared.access import Kind, Role
from tests.support.look.forms import form_to
from tests.support.make.days import today
from tests.support.make.people import Visitor, add_person, hidden, visiting
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected

Visit = Callable[..., Awaitable[Visitor]]
YESTERDAY = (today() - timedelta(days=1)).isoformat()


@pytest.fixture
async def visit(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[Visit]:
    """Signs somebody in: `await visit(kind=, role=, areas=)`."""
    async with AsyncExitStack() as stack:

        async def enter(
            *, kind: Kind = "municipality", role: Role = "coordinator", areas: tuple[str, ...] = ()
        ) -> Visitor:
            name, organisation_id = await add_person(gateway_app, kind=kind, role=role, areas=areas)
            return await stack.enter_async_context(visiting(gateway_url, name, organisation_id))

        yield enter


async def send(visitor: Visitor, **changes: str) -> str:
    """Send a report by the form; the address of its receipt."""
    form = (await visitor.browser.get("/reports/new")).text
    typed = {
        "what": "order/noise", "day": YESTERDAY, "clock_from": "21:30", "area": "01", "severity": "2",
        "text": "Hög musik vid norra entrén.",
        "form_token": hidden(form, "form_token"), "key": hidden(form, "key"),
    } | changes  # fmt: skip
    answer = await visitor.browser.post("/reports/new", data=typed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_report_by_the_form_is_received_listed_and_read(visit: Visit) -> None:
    """The receipt says where it counts, the list has it, and the coordinator sees who read it."""
    housing = await visit(kind="housing", role="member")
    receipt = await housing.browser.get(await send(housing))
    assert "Tack, rapporten är mottagen" in receipt.text
    assert "Den räknas i Torget." in receipt.text
    coordinator = await visit()
    found = (await coordinator.browser.get("/reports", params={"category": "order", "words": "musik"})).text
    assert "Hög musik vid norra entrén." in found
    address = receipt.url.path
    read = (await coordinator.browser.get(address)).text
    assert "Vem har läst" in read
    assert "öppnade rapporten" in read
    assert f'<small class="block">{coordinator.name}</small>' in read
    assert "Vem har läst" not in (await housing.browser.get(address)).text


async def test_the_list_goes_by_when_they_happened(visit: Visit) -> None:
    """Unless asked otherwise, the last first: what came in at once, as the rows of a file, is not shuffled."""
    coordinator = await visit()
    for ago in (4, 1, 3, 2):
        day = (today() - timedelta(days=ago)).isoformat()
        await send(coordinator, day=day, text=f"För {ago} dagar sedan.")
    for asked, order in (("", "1234"), ("?sort=occurred", "1234"), ("?sort=occurred-asc", "4321")):
        listed = (await coordinator.browser.get(f"/reports{asked}")).text
        assert "".join(re.findall(r"För (\d) dagar sedan", listed)) == order, asked


async def test_who_read_over_and_over_stands_once_a_day(visit: Visit) -> None:
    """As the last time, with how often: what somebody else did in between is not hidden under it."""
    coordinator, other = await visit(), await visit()
    address = (await send(coordinator)).partition("?")[0]
    for _time in range(3):
        await other.browser.get("/reports")
    await other.browser.get(address)
    table = (await coordinator.browser.get(address)).text.partition('id="reads"')[2].partition("</table>")[0]
    rows = [each for each in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if other.name in each]
    assert [re.findall(r"(\d+)\sgånger", each) for each in rows] in ([[], ["3"]], [["3"], []]), rows


async def test_a_report_in_an_area_out_of_use_says_so(visit: Visit, gateway_database: Database) -> None:
    """The report by itself and in the list, as long as it stands there."""
    coordinator = await visit()
    address = await send(coordinator)
    async with connected(gateway_database.admin_url) as admin:
        await admin.execute("UPDATE areas SET active = false, sequence = sequence + 1 WHERE code = '01'")
    for page in (address, "/reports"):
        assert "Torget (används inte längre)" in (await coordinator.browser.get(page)).text


async def test_a_filter_that_fits_nothing_says_so_and_a_wrong_one_is_refused_in_words(visit: Visit) -> None:
    """An empty list, and a day that is none."""
    coordinator = await visit()
    await send(coordinator)
    empty = await coordinator.browser.get("/reports", params={"category": "theft", "area": "", "from": ""})
    assert empty.status_code == 200
    assert "Inga rapporter att visa" in empty.text
    wrong = await coordinator.browser.get("/reports", params={"from": "2026-13-40"})
    assert wrong.status_code == 422
    assert "”Från och med” gick inte att förstå" in wrong.text
    for asked, said in (
        ({"from": "2026-12-10", "to": "2026-11-01"}, "Den sista dagen ligger före den första"),
        ({"area": "9999"}, "”Område” gick inte att förstå"),
        ({"category": "xyz"}, "”Kategori” gick inte att förstå"),
        ({"words": "w" * 300}, "”Ord i texten” gick inte att förstå"),
    ):
        assert said in (await coordinator.browser.get("/reports", params=asked)).text
    person = await coordinator.browser.get("/reports", params={"words": "buss 811218-9876"})
    assert person.status_code == 422
    assert "(tecken 6–16). Ta bort det. Skriv om platsen" in person.text
    for address in ("/reports.csv?from=2026-13-40", "/review?after=zzz"):
        odd = await coordinator.browser.get(address, headers={"Accept": "text/html"})
        assert odd.status_code in (400, 422), address
        assert "Adressen går inte att förstå" in odd.text, address
        # Whoever is signed in keeps the menu and the way out, here and where there is nothing at all.
        assert 'href="/review"' in odd.text
    nothing = await coordinator.browser.get("/nowhere", headers={"Accept": "text/html"})
    assert nothing.status_code == 404
    assert "Logga ut" in nothing.text


async def test_what_a_reader_may_not_see_is_said_to_be_hidden(visit: Visit) -> None:
    """Another organisation in the same area sees the report roughly: no text, no minute, and that there is more."""
    housing = await visit(kind="housing", role="member")
    path = (await send(housing)).partition("?")[0]
    school = await visit(kind="school", role="member", areas=("01",))
    listed, one = (await school.browser.get("/reports")).text, (await school.browser.get(path)).text
    for shown in (listed, one):
        assert "visas inte" in shown
        assert "musik" not in shown
        assert "21.30" not in shown
        assert "20–22" in shown
    assert "visas inte" not in (await housing.browser.get("/reports")).text


async def test_a_list_says_how_many_it_has_and_keeps_what_one_number_is_of(visit: Visit, partner: Any) -> None:
    """On one page and on several; choosing anew within the reports of a number stays within them."""
    caller = await partner()
    many = [make_report(severity=2 if n < 2 else 1, external_reference=None) for n in range(51)]
    key = {"Idempotency-Key": uuid4().hex}
    sent = await caller.post("/samsyn/v1/reports/batch", json={"reports": many}, headers=key)
    assert sent.json()["created"] == 51, sent.text
    coordinator = await visit()
    asked = {"counted": "true", "positive": "false", "severity": "2"}
    page = (await coordinator.browser.get("/reports", params=asked)).text
    assert "<strong>2 rapporter</strong>" in page
    fields = form_to(page, "/reports").fields
    assert {"counted": "true", "positive": "false"}.items() <= fields.items()
    again = (await coordinator.browser.get("/reports", params=fields | {"category": "order"})).text
    assert "Bara de som räknas, problem, utan positiva iakttagelser." in again
    assert "<strong>2 rapporter</strong>" in again
    assert "<strong>51 rapporter</strong>" in (await coordinator.browser.get("/reports")).text


async def test_a_report_elsewhere_is_not_found(visit: Visit) -> None:
    """A reader who sees counts only gets the same page as for a report that does not exist."""
    housing = await visit(kind="housing", role="member")
    path = (await send(housing)).partition("?")[0]
    other = await visit(kind="school", role="member")
    hidden_one, none = await other.browser.get(path), await other.browser.get("/reports/" + "0" * 8 + path[17:])
    assert hidden_one.status_code == none.status_code == 404


async def test_a_form_sent_twice_makes_one_report(visit: Visit) -> None:
    """The second leads to the report of the first, and says so."""
    visitor = await visit()
    first = await send(visitor, key="double-click")
    assert await send(visitor, key="double-click") == first.replace("?new=1", "?again=1")
    listed = (await visitor.browser.get("/reports")).text
    assert listed.count('<a href="/reports/0') == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"what": ""}, "Välj en kategori i listan."),
        ({"day": "i går"}, "Skriv dagen, och klockslaget"),
        ({"day": "1950-01-01"}, "Tiden måste ligga mellan"),
        ({"lat": "norr", "lon": "14,6"}, "Kontrollera latitud och longitud."),
        ({"lat": "nan", "lon": "14,6"}, "Kontrollera latitud och longitud."),
        ({"area": "finns-inte"}, "Området finns inte."),
        ({"severity": "9"}, "Välj hur allvarligt det var."),
    ],
)
async def test_a_wrong_field_is_named_beside_it_in_swedish(visit: Visit, changes: dict[str, str], said: str) -> None:
    """The form comes back with what was typed and what is wrong with it."""
    visitor = await visit()
    form = (await visitor.browser.get("/reports/new")).text
    typed = {"what": "order", "day": YESTERDAY, "area": "01", "severity": "1", "text": "Vid <entrén> & parken",
             "form_token": hidden(form, "form_token"), "key": hidden(form, "key")}  # fmt: skip
    answer = await visitor.browser.post("/reports/new", data=typed | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Vid &lt;entrén&gt; &amp; parken" in answer.text


async def test_personal_data_is_refused_beside_the_text_and_weak_kinds_can_be_confirmed(visit: Visit) -> None:
    """A strong kind only goes; a weak one goes or is confirmed. What stands in the way is named by kind and place."""
    visitor = await visit()
    form = (await visitor.browser.get("/reports/new")).text
    typed = {"what": "order", "day": YESTERDAY, "area": "01", "severity": "1",
             "form_token": hidden(form, "form_token"), "key": hidden(form, "key")}  # fmt: skip
    strong = await visitor.browser.post("/reports/new", data=typed | {"text": "Såg 121212-1212 vid kiosken."})
    assert strong.status_code == 422
    assert "Här står personnummer eller samordningsnummer (tecken 5–15)." in strong.text
    assert strong.text.count("121212-1212") == 1, "only in the field itself"
    assert 'id="confirmed"' not in strong.text
    weak = await visitor.browser.post("/reports/new", data=typed | {"text": "Ring 070-123 45 67 om lampan."})
    assert weak.status_code == 422
    assert "ser ut som telefonnummer" in weak.text
    assert 'id="confirmed"' in weak.text
    sure = typed | {"text": "Ring 070-123 45 67 om lampan.", "confirmed": "yes"}
    assert (await visitor.browser.post("/reports/new", data=sure)).status_code == 303


async def test_forms_without_their_token_do_nothing(visit: Visit) -> None:
    """Every form of the pages needs what only a page of ours gives."""
    visitor = await visit()
    path = (await send(visitor)).partition("?")[0]
    report = path.rpartition("/")[2]
    forms = {
        "/reports/new": {"what": "order", "day": YESTERDAY},
        f"{path}/withdraw": {"reason": "fel"},
        "/review": {"report": report, "outcome": "accepted"},
    }
    for address, typed in forms.items():
        answer = await visitor.browser.post(address, data=typed | {"form_token": "en annans"})
        assert answer.status_code == 403, address
    assert "mottagen" in (await visitor.browser.get(path)).text


async def test_a_report_is_withdrawn_with_a_reason(visit: Visit) -> None:
    """By its own organisation; the history says why."""
    housing = await visit(kind="housing", role="member")
    path = (await send(housing)).partition("?")[0]
    shown = (await housing.browser.get(path)).text
    typed = {"form_token": hidden(shown, "form_token"), "key": hidden(shown, "key"), "reason": "Skickad av misstag."}
    assert (await housing.browser.post(f"{path}/withdraw", data=typed)).status_code == 303
    after = (await housing.browser.get(path)).text
    assert "Tillbakadragen" in after
    assert "Skickad av misstag." in after
    # Another tab still has the form: what it wants is so already.
    other_tab = await housing.browser.post(f"{path}/withdraw", data=typed | {"key": "of another tab"})
    assert (other_tab.status_code, other_tab.headers["location"]) == (303, path)


async def test_the_queue_shows_likely_duplicates_and_a_decision_can_be_undone(visit: Visit) -> None:
    """Two reports of one evening are made one, and two again."""
    housing, guard = await visit(kind="housing", role="member"), await visit(kind="guard", role="member")
    await send(housing, lat="63,1501", lon="14,6501", area="")
    await send(guard, lat="63,1503", lon="14,6503", area="", clock_from="21:40", text="Musik och skrål.")
    coordinator = await visit()
    queue = (await coordinator.browser.get("/review")).text
    assert "Likhet" in queue
    assert "10 minuter isär" in queue
    assert "Musik och skrål." in queue
    typed = {name: hidden(queue, name) for name in ("form_token", "key", "report", "duplicate_of")}
    done = await coordinator.browser.post("/review", data=typed | {"outcome": "duplicate"}, follow_redirects=True)
    assert "räknas nu som en händelse" in done.text
    undo = {"form_token": hidden(done.text, "form_token"), "report": typed["report"], "outcome": "received"}
    undone = await coordinator.browser.post("/review", data=undo, follow_redirects=True)
    assert "Beslutet är ångrat" in undone.text
    assert "Samma händelse" in undone.text


async def test_a_report_that_stands_for_others_is_withdrawn_as_any_other(visit: Visit) -> None:
    """Its sender is not told that others were joined with it, and the one of those stands for itself then."""
    housing, guard = await visit(kind="housing", role="member"), await visit(kind="guard", role="member")
    sent = {
        (await send(each, lat="63,1501", lon="14,6501", area="")).partition("?")[0]: each for each in (housing, guard)
    }
    coordinator = await visit()
    queue = (await coordinator.browser.get("/review")).text
    typed = {name: hidden(queue, name) for name in ("form_token", "key", "report", "duplicate_of")}
    await coordinator.browser.post("/review", data=typed | {"outcome": "duplicate"})
    path = f"/reports/{typed['duplicate_of']}"
    browser = sent[path].browser
    shown = (await browser.get(path)).text
    away = {"form_token": hidden(shown, "form_token"), "key": hidden(shown, "key"), "reason": "Skickad av misstag."}
    taken_back = await browser.post(f"{path}/withdraw", data=away, follow_redirects=True)
    assert (taken_back.status_code, taken_back.url.path) == (200, path)
    assert "Tillbakadragen" in taken_back.text
    (other,) = (each for each in sent if each != path)
    assert "Samma händelse" not in (await sent[other].browser.get(other)).text


async def test_a_question_without_words_is_refused_in_words(visit: Visit) -> None:
    """The sender must be told why; the queue stays as it was."""
    coordinator = await visit()
    await send(coordinator)
    queue = (await coordinator.browser.get("/review")).text
    typed = {name: hidden(queue, name) for name in ("form_token", "report")}
    refused = await coordinator.browser.post("/review", data=typed | {"outcome": "question", "reason": " "})
    assert refused.status_code == 422
    assert "Skriv vad du behöver veta." in refused.text
    asked = typed | {"outcome": "question", "reason": "Vilken entré?"}
    assert "Frågan är skickad." in (await coordinator.browser.post("/review", data=asked, follow_redirects=True)).text


async def test_the_queue_is_the_coordinators_alone(visit: Visit) -> None:
    """A member gets the page that says so, to look and to decide."""
    housing = await visit(kind="housing", role="member")
    assert (await housing.browser.get("/review")).status_code == 403
    shown = (await housing.browser.get("/reports/new")).text
    assert 'href="/review"' not in shown
    report = (await send(housing)).partition("?")[0].rpartition("/")[2]
    typed = {"form_token": hidden(shown, "form_token"), "report": report, "outcome": "accepted"}
    assert (await housing.browser.post("/review", data=typed)).status_code == 403


async def test_ones_own_are_found_among_all_others(visit: Visit) -> None:
    """The choice "your organisation", on the page and in the file: nothing of anybody else."""
    coordinator, housing = await visit(), await visit(kind="housing", role="member", areas=("01",))
    await send(coordinator, text="Hög musik vid södra entrén.")
    own = (await send(housing)).partition("?")[0]
    listed = (await housing.browser.get("/reports?own=1")).text
    assert (listed.count('href="/reports/0'), own in listed) == (1, True)
    assert (await housing.browser.get("/reports")).text.count('href="/reports/0') == 2
    assert len((await housing.browser.get("/reports.csv?own=1")).text.splitlines()) == 2
    assert "entrén" in (await coordinator.browser.get("/reports?own=1")).text


async def test_the_list_as_a_file(visit: Visit) -> None:
    """CSV with the same filter, for who may read."""
    visitor = await visit()
    await send(visitor)
    file = await visitor.browser.get("/reports.csv", params={"category": "order"})
    assert file.headers["content-type"].startswith("text/csv")
    assert "order" in file.text
    assert (
        "order" not in (await visitor.browser.get("/reports.csv", params={"category": "theft"})).text.partition("\n")[2]
    )


@pytest.mark.parametrize(
    ("lang", "name", "heading"), [("sv", "rapporter.csv", "Rapport;Dag;"), ("en", "reports.csv", "Report,Day,")]
)
async def test_the_file_for_excel_is_in_its_readers_language(visit: Visit, lang: str, name: str, heading: str) -> None:
    """By the link on the page, in a municipality that is Swedish: name, headings, words and separators."""
    visitor = await visit()
    await send(visitor)
    page = (await visitor.browser.get("/reports", params={"lang": lang})).text
    (link,) = re.findall(r'href="(/reports\.csv\?[^"]*format=excel[^"]*)"', page)
    file = await visitor.browser.get(unescape(link))
    assert (file.status_code, name in file.headers["content-disposition"]) == (200, True)
    assert file.content.decode("utf-8-sig").startswith(heading)


async def test_pages_ask_for_sign_in(visit: Visit, gateway_url: str) -> None:
    """Each page leads who is not signed in to the door, and back."""
    visitor = await visit()
    visitor.browser.cookies.clear()
    for path in ("/reports", "/reports/new", "/review"):
        answer = await visitor.browser.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/sign-in?next={path}"
