"""The gateway's own door before it knows anybody."""

import time
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from services.gateway.access.directory import Directory, PublicDoor
from services.gateway.access.limits import Limiter
from shared.access.door import Door
from shared.database import Database
from shared.errors import Unavailable


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "x"}, {"authorization": "Bearer x"}])
async def test_nobody_is_sent_away_before_the_directory_was_read(headers: Any) -> None:
    """503 while it is not known yet who may call: a client throws a token away that is refused with 401."""
    nowhere = Database("postgresql://nobody@127.0.0.1:9/none", connections=1, statement_timeout_s=1, name="test")
    directory = Directory(nowhere, quota=1)
    tokens = Door(OKPKey.generate_key("Ed25519"), issuer="here", audience="here")
    door = PublicDoor(tokens, directory, pepper="p" * 32, limiter=Limiter(60), of_all=1)
    with pytest.raises(Unavailable):
        door.admit(headers, now=time.time(), answer_headers={})
    await nowhere.stop()
