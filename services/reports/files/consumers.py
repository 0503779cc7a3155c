"""Messages in: a file that waits ends with the credential that sent it, or with its organisation."""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.reports.files import commands
from shared.database import Session
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

consumer = Consumer("reports")


@consumer.on_batch(CredentialEnded)
async def on_credential_ended(session: Session, batch: Sequence[Incoming]) -> None:
    """End what it sent, or make it another client's."""
    for each in batch:
        if isinstance(each.message, CredentialEnded):
            await commands.end_of_credential(session, each.message, at=each.at, now=datetime.now(UTC))


@consumer.on_batch(OrganisationChanged)
async def on_organisation_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """End what one sent that left."""
    for each in batch:
        if isinstance(each.message, OrganisationChanged) and not each.message.active:
            of = each.message.organisation_id
            await commands.end_of_organisation(session, of, at=each.at, now=datetime.now(UTC))
