"""Messages in: every fact that anybody may be told is queued for those who asked for it, or kept."""

from collections.abc import Sequence

from services.notify.deliveries.waking import Wake
from services.notify.matching import commands
from services.notify.subscriptions.commands import end_of_credential, end_of_subscription
from shared.access.telling import TOLD
from shared.database import Session
from shared.messages.gateway import CredentialEnded, OrganisationChanged, SubscriptionStopped
from shared.messages.reports import AreaChanged
from shared.travel import endings
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming


def consumer(wake: Wake) -> Consumer:
    """The consumer group `notify`. `wake` tells the dispatcher of this process what was queued."""
    notify = Consumer("notify")

    @notify.on_batch(*TOLD, CredentialEnded, SubscriptionStopped)
    async def on_facts(session: Session, batch: Sequence[Incoming]) -> None:
        """Copies first, so that a report of a new area in the same batch finds its path."""
        await endings.hold(session, [each.message for each in batch])
        await commands.store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])
        for each in batch:
            if isinstance(each.message, OrganisationChanged):
                await commands.store_organisation(session, each.message)
            if isinstance(each.message, CredentialEnded):
                await end_of_credential(session, each.message)
            if isinstance(each.message, SubscriptionStopped):
                await end_of_subscription(session, each.message)
        wake.after_commit(session, await commands.fan_out(session, batch))

    return notify
