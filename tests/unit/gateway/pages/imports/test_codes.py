"""What the service says of files in codes, the page says in words."""

import ast
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest

from services.gateway.pages.imports.codes import ERRORS, FAILURES, why_failed
from services.gateway.pages.speech.catalogues import read_languages
from services.gateway.pages.speech.language import language, speak
from services.reports import files
from services.reports.files.domain.failures import FailureCode
from services.reports.mappings.domain.faults import FaultCode

REPORTS = Path(files.__file__).parents[1]
SAID_WHERE = {"failures.py", "faults.py"}


def texts_in(folder: Path) -> Iterator[str]:
    """All texts that stand in the code of a folder, but where the codes are listed."""
    for path in folder.rglob("*.py"):
        if path.name not in SAID_WHERE:
            tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            yield from (node.value for node in tree if isinstance(node, ast.Constant) and type(node.value) is str)


@pytest.mark.parametrize(("codes", "sentences"), [(get_args(FaultCode), ERRORS), (get_args(FailureCode), FAILURES)])
def test_every_code_has_a_sentence(codes: Collection[str], sentences: Mapping[str, str]) -> None:
    """Each code that the service's types allow has one of its own in each language, and no others have."""
    assert set(codes) | {"other"} == set(sentences)
    english, spoken = [sentences[code] for code in codes], language()
    try:
        speak(read_languages("sv").known["sv"])
        swedish = [sentences[code] for code in codes]
    finally:
        speak(spoken)
    assert len(set(english)) == len(set(swedish)) == len(codes)
    assert not set(english) & set(swedish)


def test_every_code_is_given() -> None:
    """A code that nothing gives any more is taken out, with its sentence; `unexpected` is made where codes are."""
    assert {*get_args(FaultCode), *get_args(FailureCode)} - set(texts_in(REPORTS)) <= {"unexpected"}


def test_what_has_no_code_is_told_in_the_words_of_the_service() -> None:
    """Of the codes of a refusal the first that is known counts; without one its own sentence stands by ours."""
    assert why_failed(["strange", "picture"], "A picture.") == (FAILURES["picture"], "")
    assert why_failed(["strange"], "Odd.") == why_failed([None], "Odd.") == (FAILURES["other"], "Odd.")
