"""/import: words of columns that were chosen by hand are listed, and what they mean is said; no JavaScript."""

from html import unescape

from tests.integration.gateway.pages.imports.test_import import followed, sender, upload
from tests.support.look.forms import form_to
from tests.support.make.people import Visitor

__all__ = ["sender"]
KINDS, LEVELS = ("Vernieling", "Lawaai", "Brand"), ("Laag", "Hoog")
DUTCH = "Nr;Wanneer;Aard;Ernst\n" + "".join(
    f"M-{n};2026-11-16 20:{n:02};{KINDS[n % 3]};{LEVELS[n % 2]}\n" for n in range(30)
)


def lines_in(fields: dict[str, str]) -> dict[str, int]:
    """The lines of the form's words, by what each says."""
    return {fields[f"text_{n}"]: n for n in range(20) if fields.get(f"text_{n}")}


async def test_words_of_columns_chosen_by_hand_are_listed(sender: Visitor) -> None:
    """Asked for, or when a trial is; each with its rows in all that is looked at, and a trial then goes through."""
    address = await upload(sender, DUTCH.encode())
    form = form_to((await sender.browser.get(address)).text, address).fields
    form = {name: value for name, value in form.items() if not name.startswith(("column_category", "column_sub"))}
    form |= {"column_category": "Aard", "column_severity": "Ernst", "column_occurred_from": "Wanneer"}
    form |= {"column_subcategory": "", "datetime_format": "ymd"}
    for asked, status in (({"words": "1"}, 200), ({"trial": "1"}, 422)):
        answer = await sender.browser.post(address, data=form | asked)
        assert answer.status_code == status, answer.text
        listed = form_to(answer.text, address).fields
        assert set(lines_in(listed)) == {*KINDS, *LEVELS}
        assert answer.text.count('<td class="n">10</td>') == len(KINDS)
        assert answer.text.count('<td class="n">15</td>') == len(LEVELS)
        assert "damage/graffiti" in answer.text
        assert "första 30 rader är genomgångna" in unescape(answer.text)
    said = {"Vernieling": "damage/vandalism", "Lawaai": "order", "Laag": "1", "Hoog": "3", "Brand": ""}
    meant = {f"code_{n}": said[text] for text, n in lines_in(listed).items()}
    tried = await sender.browser.post(address, data=listed | meant | {"trial": "1"})
    assert tried.status_code == 303, unescape(tried.text)
    shown = unescape(await followed(sender, tried))
    assert "10 rader har ord som läsningen inte känner" in shown
    assert "“Brand” (10)" in shown or "”Brand” (10)" in shown


async def test_a_file_is_looked_at_once_for_the_same_columns(sender: Visitor) -> None:
    """Also under a reading whose columns are others than the suggested: loading the page again costs nothing more."""
    address = await upload(sender, DUTCH.encode())
    form = form_to((await sender.browser.get(address)).text, address).fields
    form = {name: value for name, value in form.items() if not name.startswith(("column_category", "column_sub"))}
    form |= {"column_category": "Aard", "column_severity": "Ernst", "column_occurred_from": "Wanneer"}
    form |= {"column_subcategory": "", "datetime_format": "ymd", "name": "politie"}
    listed = form_to((await sender.browser.post(address, data=form | {"words": "1"})).text, address).fields
    assert (await sender.browser.post(address, data=listed)).status_code == 303
    again = await upload(sender, DUTCH.encode())
    for _ in range(40):
        shown = await sender.browser.get(f"{again}?base=kept:politie")
        assert shown.status_code == 200, shown.text
    assert set(lines_in(form_to(shown.text, again).fields)) == {*KINDS, *LEVELS}


async def test_words_far_down_that_a_trial_did_not_know_are_named_and_lead_to_lines_of_their_own(
    sender: Visitor,
) -> None:
    """With how often the whole file says each, also where the first rows say none of them."""
    rows = [f"{n};2026-11-16 20:00;{'Klotter' if n % 2 else 'Buller'}" for n in range(2700)]
    strangers = [f"Gurka{'abcdefgh'[n % 8]}" for n in range(240)]
    rows += [f"{n};2026-11-16 20:00;{word}" for n, word in enumerate(strangers, 2700)]
    address = await upload(sender, "\n".join(["Nr;Tid;Typ", *rows]).encode())
    form = form_to((await sender.browser.get(address)).text, address).fields
    tried = await sender.browser.post(address, data=form | {"trial": "1"})
    shown = unescape(await followed(sender, tried))
    assert "240 rader har ord som läsningen inte känner och är därför fel:" in shown
    assert "”Gurkaa” (30)" in shown or "“Gurkaa” (30)" in shown
    assert shown.index("Rader med fel") < shown.index("2702, 2703")
    assert f'href="{address}#words"' in shown
    listed = await sender.browser.get(address)
    fields = form_to(listed.text, address).fields
    assert set(strangers) < set(lines_in(fields))
    assert listed.text.count('<td class="n">30</td>') == 8
    meant = {f"code_{n}": "order" for text, n in lines_in(fields).items() if text in strangers}
    again = await sender.browser.post(address, data=fields | meant | {"trial": "1"})
    assert "ord som läsningen inte känner och" not in unescape(await followed(sender, again))
