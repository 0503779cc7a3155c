"""Names of organisations, clients and people: one rule for all of them, whoever gives them."""

import pytest
from fastapi import FastAPI

from services.gateway.access import partners, people
from services.gateway.access.queries import list_organisations
from services.gateway.cli.running import show_rows
from shared.errors import Invalid, Refusal

ODD = ("", " \t ", "\u200b", "a\nb", "\x1b[2J", "Gr\udcff", "a" * 5000)


@pytest.mark.parametrize("odd", ODD)
async def test_what_is_no_name_is_refused(clean: None, gateway_app: FastAPI, odd: str) -> None:
    """By the command line, by those who import people, and from a provider of identities alike; nothing is kept."""
    async with gateway_app.state.database.sessions() as session, session.begin():
        with pytest.raises(Invalid, match="one line of 1 to 200"):
            await partners.add_organisation(session, name=odd, kind="housing", areas=(), actor="test")
        with pytest.raises(Invalid, match="one line of 1 to 100"):
            await partners.add_organisation(session, name="Granen", kind="housing", areas=[odd], actor="test")
        assert await list_organisations(session) == []
        made = await partners.add_organisation(session, name="  Granen ", kind="housing", areas=(), actor="test")
        assert [row.name for row in await list_organisations(session)] == ["Granen"]
        with pytest.raises(Invalid, match="one line"):
            await partners.add_client(
                session,
                organisation_id=made,
                kind="housing",
                role="member",
                name=odd,
                scopes=None,
                pepper="p",
                actor="test",
            )
        with pytest.raises(Invalid, match="one line"):
            await people.add_user(
                session, organisation_id=made, kind="housing", role="member", name=odd, password="a" * 12, actor="test"
            )
        with pytest.raises(Invalid, match="one line"):
            await people.admit_person(
                session, organisation_id=made, kind="housing", role="member", name=odd, issuer="i", subject="s"
            )  # fmt: skip


async def test_a_password_that_no_key_types_is_refused(clean: None, gateway_app: FastAPI) -> None:
    """Half of a character could not be hashed."""
    async with gateway_app.state.database.sessions() as session, session.begin():
        made = await partners.add_organisation(session, name="Granen", kind="housing", areas=(), actor="test")
        with pytest.raises(Refusal, match="12 characters"):
            await people.add_user(
                session, organisation_id=made, kind="housing", role="member", name="bo", password="\udcff" * 12,
                actor="test",
            )  # fmt: skip


def test_a_list_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in a name from before the rule is shown as a mark, and each row on its line."""
    show_rows([{"name": "Granen\x1b[2J\nAndra\u202e"}], as_json=False)
    assert capsys.readouterr().out == "NAME\nGranen\ufffd[2J\ufffdAndra\ufffd\n"
