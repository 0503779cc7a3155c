"""The personal-data screen: how much it misses of what people write, what it takes wrongly, and how fast it is.

SAMSYN_POLISEN_DIR names a folder of the police's public notices (JSON lists with name, summary, type), to count false
alarms on real texts; without it that part is left out.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.privacy import screen
from tests.bench.table import record
from tests.support import ROOT
from tests.support.machine import NOTICES, require
from tests.support.make import personal_data
from tests.support.make.lookalikes import LOOKALIKES, lookalike
from tests.support.make.personal_data import SENTENCES, Planted, named, personnummer, planted
from tests.support.make.planting import LEAST, is_found, planted_in
from tests.support.make.written_forms import FORMS, KINDS

pytestmark = pytest.mark.bench

NUMBERS = 100_000
OTHERS = 10_000
EACH = 40
DOCUMENT = ROOT / "docs/privacy.md"
INCIDENTS = ROOT / "tests/support/make/incidents.txt"


def is_missed(text: Planted) -> bool:
    """Whether any sign of what was planted is left over."""
    return not any(hit.start <= text.start and text.end <= hit.end for hit in screen(text.text))


def in_sentence(form: str, random_: random.Random) -> Planted:
    """Any form in a sentence."""
    before, after = random_.choice(SENTENCES).split("{}")
    return Planted(before + form + after, len(before), len(before) + len(form))


def show(name: str, texts: Sequence[str]) -> None:
    """Some of the texts that went wrong, for whoever works on the rules."""
    for text in texts[:20]:
        print(f"  {name}: {text!r}")


def test_personnummer_are_found() -> None:
    """At least 99 of 100 valid numbers in written forms are found whole."""
    random_ = random.Random(2380)
    missed = [text for _ in range(NUMBERS) if is_missed(text := planted(personnummer(random_), random_))]
    show("missed", [text.text for text in missed])
    record("privacy.missed.personnummer", 100 * len(missed) / NUMBERS, unit="%", target=1.0, count=NUMBERS)
    assert len(missed) <= NUMBERS / 100


@pytest.mark.parametrize("kind", ["interim", "card", "iban", "email", "phone", "plate"])
def test_other_kinds_are_found(kind: str) -> None:
    """What is left over of phone numbers, addresses, plates and accounts in the forms people use."""
    random_, make = random.Random(7), getattr(personal_data, kind)
    missed = [text for _ in range(OTHERS) if is_missed(text := in_sentence(make(random_), random_))]
    show("missed", [text.text for text in missed])
    record(f"privacy.missed.{kind}", 100 * len(missed) / OTHERS, unit="%", target=2.0, count=OTHERS)


def test_names_are_found_by_cues() -> None:
    """Names of the list, or after a word that announces a name."""
    random_ = random.Random(11)
    missed = [text for _ in range(OTHERS) if is_missed(text := named(random_))]
    show("missed", sorted({text.text for text in missed}))
    record("privacy.missed.name", 100 * len(missed) / OTHERS, unit="%", target=None, count=OTHERS)


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_lookalikes_pass(kind: str) -> None:
    """Numbers of organisations and cases, coordinates, times, models: no alarm."""
    random_ = random.Random(13)
    alarms = [text for _ in range(OTHERS) if screen(text := lookalike(kind, random_))]
    show("false alarm", alarms)
    record(f"privacy.false_alarms.{kind}", 100 * len(alarms) / OTHERS, unit="%", target=0.0, count=OTHERS)


def test_real_notices_pass() -> None:
    """Fewer than 2 of 1,000 notices of the police give an alarm; each is listed."""
    folder = require(NOTICES)
    notices = [each for path in sorted(Path(folder).glob("*.json")) for each in json.loads(path.read_text())]
    texts = ["\n".join((each["name"], each["summary"] or "", each["type"])) for each in notices]
    alarms = [text for text in texts if screen(text)]
    for text in alarms:
        print(f"  {[(hit.kind, text[hit.start : hit.end]) for hit in screen(text)]}: {text!r}")
    record("privacy.false_alarms.notices", 100 * len(alarms) / len(texts), unit="%", target=0.2, count=len(texts))
    assert len(alarms) < len(texts) / 500
    assert not [text for text in alarms if any(hit.strength == "strong" for hit in screen(text))]


def test_texts_per_second() -> None:
    """At least 15,000 texts of about 120 characters a second and core: as they are, and each with a number in it."""
    lines = INCIDENTS.read_text(encoding="utf-8").splitlines()
    random_ = random.Random(17)
    plain = [" ".join(random_.sample(lines, 2))[:120] for _ in range(5_000)]
    hit = [f"{text[:100]} {personnummer(random_)}" for text in plain]
    rate("privacy.texts", plain, target=15_000)
    rate("privacy.texts.with_a_number", hit, target=None)
    rate("privacy.texts.beyond_latin", [f"\u201d{text}\u201d \u2013" for text in plain], target=15_000)


@pytest.mark.parametrize(
    ("name", "groups", "between"),
    [
        ("repeated", [","], ["07"]),
        ("repeated.two_ways", ["⒈"], ["0"]),
        ("repeated.no_number", ["at"], ["-"]),
        ("in_no_order", ["10", "07"], ["**", "⒈", "+"]),
    ],
)
def test_what_the_worst_texts_take(name: str, groups: Sequence[str], between: Sequence[str]) -> None:
    """Processor time of a million signs made to cost much; the calls are bounded in tests/unit/kit/privacy."""
    random_ = random.Random(1)
    text = "".join(random_.choice(groups) + random_.choice(between) for _ in range(15_000))[:30_000]
    begin = time.process_time()
    screen(text)
    per_million = (time.process_time() - begin) / len(text) * 1e6
    record(f"privacy.worst.{name}", round(per_million, 1), unit="s", target=1.0, count=len(text))


def test_every_written_form() -> None:
    """How much of each kind is found, form by form; written into docs/privacy.md."""
    lines = ["| kind | forms | found | forms of which less than all was found, in % |", "|---|---:|---:|---|"]
    for kind in KINDS:
        # Of a name it counts that one was seen: a cue before it is no part of it.
        found = (lambda text: bool(screen(text.text))) if kind == "name" else is_found
        by_form = {
            form.name: sum(found(planted_in(form, random.Random(f"{form.name} {n}"))) for n in range(EACH))
            for form in FORMS
            if form.kind == kind
        }
        share = 100 * sum(by_form.values()) / (EACH * len(by_form))
        record(
            f"privacy.forms.{kind}", 100 - share, unit="%", target=100 - 100 * LEAST.get(kind, 0), count=len(by_form)
        )
        fewer = "; ".join(f"{name} {100 * count // EACH}" for name, count in by_form.items() if count < EACH)
        lines.append(f"| {kind} | {len(by_form)} | {share:.2f} % | {fewer.replace('|', '&#124;') or 'none'} |")
    told = DOCUMENT.read_text(encoding="utf-8")
    before, rest = told.split("<!-- recall -->")
    behind = rest.split("<!-- /recall -->")[1]
    said = "\n".join(lines)
    DOCUMENT.write_text(f"{before}<!-- recall -->\n{said}\n<!-- /recall -->{behind}", encoding="utf-8")


def rate(name: str, texts: Sequence[str], *, target: float | None) -> None:
    """Texts a second of the best of five runs, by processor time: other programs must not count."""

    def run(work: Callable[[str], object]) -> float:
        begin = time.process_time()
        for text in texts:
            work(text)
        return time.process_time() - begin

    seconds = min(run(screen) for _ in range(5))
    per_text = round(seconds / len(texts) * 1e6, 1)
    record(name, round(len(texts) / seconds), unit="1/s", target=target, count=len(texts), cpu_us_per_item=per_text)
