"""`samsyn admin`: whatever is typed is a text, or one sentence and exit code 2 before anything is asked for."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import typer
from typer.testing import CliRunner

from services.gateway import cli

ODD = ("", "   ", "\u200b", "a\nb", "a\tb", "\x1b[2J", "Gr\udcff", "a" * 5000, "a" + "\u0301" * 40)


def commands(command: Any, *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command there is, by its words."""
    for name, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from commands(each, *above, name)
        else:
            yield (*above, name), each


def texts() -> Iterator[tuple[tuple[str, ...], str]]:
    """Each command, and each of its parameters that takes a text."""
    for words, command in commands(typer.main.get_command(cli.app)):
        for parameter in command.params:
            if parameter.bare_type() in ("str", "list[str]"):
                yield words, parameter.name


def typed(words: tuple[str, ...], wanted: str, value: str) -> list[str]:
    """A command line with a value for one of its parameters, and something for all that it must have."""
    command = dict(commands(typer.main.get_command(cli.app)))[words]
    line = [*words]
    for parameter in command.params:
        if parameter.name == wanted or parameter.required:
            said = value if parameter.name == wanted else str(UUID(int=0))
            line += [f"{parameter.opts[0]}={said}"] if parameter.opts[0].startswith("-") else [said]
    return line


def test_there_are_such_commands() -> None:
    """The walk over the commands finds them."""
    assert len(set(texts())) > 20
    assert (("organisation", "add"), "name") in set(texts())


@pytest.mark.parametrize(("words", "name"), sorted(texts()))
def test_what_is_no_text_is_refused(words: tuple[str, ...], name: str) -> None:
    """Blank, of several lines, with ESC, a byte that is no letter, endless: a sentence on standard error."""
    for odd in ODD:
        done = CliRunner().invoke(cli.app, typed(words, name, odd))
        assert (done.exit_code, done.stdout) == (2, ""), (odd, done.exception)
        assert done.stderr == (
            "samsyn: A name, an id or a code is one line of 1 to 200 characters, and holds nothing that no key types.\n"
        )


def numbers() -> Iterator[tuple[tuple[str, ...], str]]:
    """Each command, and each of its parameters that takes a number."""
    for words, command in commands(typer.main.get_command(cli.app)):
        for parameter in command.params:
            if "int" in parameter.bare_type() or "float" in parameter.bare_type():
                yield words, parameter.name


def test_there_are_numbers() -> None:
    """Days, hours, a quota, how many lines."""
    assert {name for _, name in numbers()} >= {"days", "overlap_hours", "quota", "last"}


@pytest.mark.parametrize(("words", "name"), list(numbers()), ids=str)
@pytest.mark.parametrize("odd", ["-1", "1e300", "inf", "nan", "9" * 30, "³", "1_0e"])
def test_numbers_have_bounds(words: tuple[str, ...], name: str, odd: str) -> None:
    """What no day, hour or column of a table can hold ends with its sentence and code 2."""
    answer = CliRunner().invoke(cli.app, typed(words, name, odd))
    assert answer.exit_code == 2, answer.output
