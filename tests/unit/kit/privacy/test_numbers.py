"""Numbers of persons, telephones, moments and points: which of them a text holds, and how sure that is."""

import pytest

from shared.privacy import PersonalData, check_texts, screen

# Every area code of Sweden without its 0, but for 8, whose numbers are longer. Source: PTS, the Swedish numbering plan.
AREA_CODES = """
11 13 16 18 19 21 23 26 31 33 35 36 40 42 44 46 54 60 63 90 120 121 122 123 125 140 141 142 143 144 150 151 152 155
156 157 158 159 171 173 174 175 176 220 221 222 223 224 225 226 227 240 241 243 246 247 248 250 251 253 258 270 271
278 280 281 290 291 292 293 294 295 297 300 301 302 303 304 320 321 322 325 340 345 346 370 371 372 380 381 382 383
390 392 393 410 411 413 414 415 416 417 418 430 431 433 435 451 454 455 456 457 459 470 471 472 474 476 477 478 479
480 481 485 486 490 491 492 493 494 495 496 498 499 500 501 502 503 504 505 506 510 511 512 513 514 515 520 521 522
523 524 525 526 528 530 531 532 533 534 550 551 552 553 554 555 560 563 564 565 570 571 573 580 581 582 583 584 585
586 587 589 590 591 611 612 613 620 621 622 623 624 640 642 643 644 645 647 650 651 652 653 657 660 661 662 663 670
671 672 680 682 684 687 690 691 692 693 695 696 910 911 912 913 914 915 916 918 920 921 922 923 924 925 926 927 928
929 930 932 933 934 935 940 941 942 943 950 951 952 953 954 960 961 970 971 973 975 976 977 978 980 981
"""
PERSON = "811218-9876"


@pytest.mark.parametrize("form", ["0{}-45 30 00", "0{}453000", "+46{}453000", "+46 {} 45 30 00", "0{}/45 30 00"])
def test_a_telephone_number_of_every_area(form: str) -> None:
    """Each area code of the numbering plan, also those that begin with 9."""
    assert [code for code in AREA_CODES.split() if [hit.kind for hit in screen(form.format(code))] != ["phone"]] == []


@pytest.mark.parametrize(
    "written",
    ["E 811218.9876", "x=811218.9876", "y:811218,9876", "n 811218.9876", "6123456 811218.9876",
     "19811218-9876-4abc-8abc-0123456789ab", "&#0000000000056;11218-9876", "&amp;amp;amp;amp;#56;11218-9876",
     "%252525253811218-9876", "\\u{38}11218-9876", "\\u{0038}11218-9876", "\\U0000003811218-9876",
     "811**218**-98**76**", "81~~1218~~-9876", "\x1b[31m811\x1b[0m218-9876", "\\e[1m811218\\e[0m9876",
     "8112=\n189876", "8112=\r\n189876", "lgh 1101 811218-9876", "070-174 06 05 811218-9876", "2 000 811218 9876"],
)  # fmt: skip
def test_nothing_round_a_number_hides_it(written: str) -> None:
    """Letters of axes, a UUID, escapes of any depth, stress, colours, folded lines, digits before it."""
    strong = [written[hit.start : hit.end] for hit in screen(written) if hit.strength == "strong"]
    assert len(strong) == 1
    assert strong[0].endswith(("6", "**"))


def test_telephone_numbers_are_no_degrees() -> None:
    """Two of them with dots look like a point; degrees never begin with 0 and another digit."""
    assert [hit.kind for hit in screen("Kontakt 070.1740605, 070.1740606")] == ["phone", "phone"]
    assert screen("63.1740605, 14.1740606") == []


@pytest.mark.parametrize(
    "text",
    ["20240219-0215", "202402190215", "2024-02-19/0215", "15, 04, 27, 29, 13"],
)
def test_what_may_be_a_moment_or_a_list_is_weak(text: str) -> None:
    """A day of these years with a time of the day behind it: its sender can confirm that nobody is meant."""
    assert [hit.strength for hit in screen(text)] == ["weak"]
    assert check_texts({"/text": text}, confirmed=True) != []


@pytest.mark.parametrize(
    ("text", "strength"),
    [("18 december 1981-9876", "strong"), ("18/12 1981-9876", "strong"), ("811218x9876", "strong"),
     ("18 december 1981, 9876", "weak"), ("18/12 1981 9876", "weak"), ("18 december 1965-2004", "weak")],
)  # fmt: skip
def test_four_digits_behind_a_day_may_be_a_count_or_a_year(text: str, strength: str) -> None:
    """A sign between makes them a number; after a comma they may count something, and a year ends a period."""
    assert [(text[hit.start : hit.end], hit.strength) for hit in screen(text)] == [(text, strength)]


@pytest.mark.parametrize("text", ["20991231-2304", "29990115-1802", "0338 2037 0816 1447", "bild_20240219_0215.jpg"])
def test_nobody_is_born_after_today(text: str) -> None:
    """A day to come begins no personnummer; a picture is named by day and time."""
    assert screen(text) == []


def test_a_reference_by_date_and_serial_number_passes() -> None:
    """With a day of these years; that of anybody older is refused, and in a sentence a child's is too."""
    serials = [f"202402190{serial}" for serial in range(600, 700)] + [f"240219-0{serial}" for serial in range(600, 700)]
    codes = {f"/{number}": serial for number, serial in enumerate(serials)}
    assert check_texts(codes, confirmed=False, codes=codes) == []
    assert any(hit.strength == "strong" for serial in serials for hit in screen(serial))
    with pytest.raises(PersonalData):
        check_texts({"/code": PERSON}, confirmed=True, codes=("/code",))


def test_a_refusal_tells_the_first_places_and_how_many_more() -> None:
    """A text full of numbers makes no answer longer than itself; strong ones are told first."""
    with pytest.raises(PersonalData) as refused:
        check_texts({"/text": f"{'070-174 06 05; ' * 100}{PERSON}"}, confirmed=False)
    assert len(refused.value.errors) == 20
    assert refused.value.errors[0].code == "strong_personnummer"
    assert "81 more" in refused.value.detail


@pytest.mark.parametrize("code", ["karin-testsson", "anders_provberg", "anna.testström"])
def test_a_name_in_small_letters_is_seen_where_it_stands_alone(code: str) -> None:
    """What a mapping or a reference is called."""
    with pytest.raises(PersonalData):
        check_texts({"/name": code}, confirmed=False, codes=("/name",))
