"""organisation.changed: the walks service knows who takes part, and hands findings to nobody else."""

from uuid import uuid4

import httpx

from shared.bus import Bus
from shared.messages.gateway import OrganisationChanged
from tests.integration.walks.safety.walks import make_finding, walked
from tests.support.look.bus import tell
from tests.support.servers.services import new_key, wait_until


async def test_a_finding_is_handed_to_who_takes_part(walks: httpx.AsyncClient, bus: Bus) -> None:
    """Once it is told, until it has left; an older version changes nothing."""
    walk_id, owner = await walked(walks), uuid4()

    async def taken() -> bool:
        body = make_finding(owner_id=str(owner))
        answer = await walks.post(f"/walks/{walk_id}/findings", json=body, headers=new_key())
        return answer.status_code == 201

    def told(sequence: int, *, active: bool) -> OrganisationChanged:
        return OrganisationChanged(
            sequence=sequence, organisation_id=owner, name="Granen", kind="housing", areas=[], active=active
        )

    async def refused() -> bool:
        return not await taken()

    assert not await taken()
    await tell(bus, told(2, active=True))
    await wait_until(taken, what="the organisation to be known")
    await tell(bus, told(3, active=False), told(1, active=True))
    await wait_until(refused, what="the organisation to have left")
