"""Messages in: a file that waits ends with the credential that sent it, or with its organisation. And their names."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.reports.files import commands
from services.reports.intake.commands import store_names
from shared.database import Session
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from shared.travel import endings
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

consumer = Consumer("reports")


@consumer.on_batch(CredentialEnded, OrganisationChanged)
async def on_ends(session: Session, batch: Sequence[Incoming]) -> None:
    """End what a credential sent, or make it another client's; and what one sent that left. Keep names current."""
    named = [each.message for each in batch if isinstance(each.message, OrganisationChanged)]
    await store_names(session, named)
    await endings.hold(session, [each.message for each in batch])
    now = datetime.now(UTC)
    for each in batch:
        if isinstance(each.message, CredentialEnded):
            await commands.end_of_credential(session, each.message, now=now)
        if isinstance(each.message, OrganisationChanged) and not each.message.active:
            await commands.end_of_organisation(session, each.message, now=now)
