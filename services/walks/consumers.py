"""Messages in: this service keeps its own copy of areas."""

from collections.abc import Sequence

from shared.database import Session
from shared.geo.areas import store_areas
from shared.messages.reports import AreaChanged
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

consumer = Consumer("walks")


@consumer.on_batch(AreaChanged)
async def on_area_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """Keep the copy of areas current; an older version changes nothing."""
    await store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])
