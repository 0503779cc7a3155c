"""Messages in: this service keeps its own copies of areas and of who takes part."""

from collections.abc import Sequence

from services.walks.safety.commands import store_organisations
from shared.database import Session
from shared.geo.areas import store_areas
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import AreaChanged
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

consumer = Consumer("walks")


@consumer.on_batch(AreaChanged)
async def on_area_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """Keep the copy of areas current; an older version changes nothing."""
    await store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])


@consumer.on_batch(OrganisationChanged)
async def on_organisation_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """Keep the copy of organisations current; an older version changes nothing."""
    await store_organisations(
        session, [each.message for each in batch if isinstance(each.message, OrganisationChanged)]
    )
