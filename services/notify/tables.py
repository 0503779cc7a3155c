"""The tables of the notify service. Times are UTC; areas and organisations are copies built from messages."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.notify.subscriptions.domain import Signature, Status
from shared.database import metadata
from shared.database.checks import one_of

tables = metadata()

subscriptions = sa.Table(
    "subscriptions",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    # What its maker was when it was made: the access table is asked for that role, with the areas of today.
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("areas", ARRAY(sa.Text), nullable=False),
    # By what it was made: it ends with that. None: before that was written down; it ends with its organisation.
    sa.Column("client_id", sa.Text),
    sa.Column("key_id", sa.Text),
    # How often those had ended, and in which version their organisation was: an end ends what is of before it.
    sa.Column("client_era", sa.Integer, nullable=False, server_default="0"),
    sa.Column("organisation_era", sa.Integer, nullable=False, server_default="0"),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", ARRAY(sa.Text), nullable=False),
    sa.Column("categories", ARRAY(sa.Text), nullable=False),
    sa.Column("area_codes", ARRAY(sa.Text), nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("failing_since", sa.DateTime(timezone=True)),
    # Until when its address or host is left alone, as the dispatcher said it last; over when it is past.
    sa.Column("held_until", sa.DateTime(timezone=True)),
    # Since when its endpoint is known to be the subscriber's: it wrote back the challenge of a test message.
    sa.Column("verified_at", sa.DateTime(timezone=True)),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    one_of("signature", Signature),
    one_of("status", Status),
    sa.CheckConstraint("status <> 'disabled' OR verified_at IS NULL", name="proved_anew_after_an_end"),
    sa.Index(None, "organisation_id", "id"),
    sa.Index(None, "client_id"),
    sa.Index(None, "key_id"),
)

subscription_secrets = sa.Table(
    "subscription_secrets",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("subscription_id", UUID(as_uuid=True), nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("public_key", sa.Text),  # what receivers check v1a with; may be shown at any time
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("expires_at", sa.DateTime(timezone=True)),  # null for the one in use
    sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], ondelete="CASCADE"),
    sa.Index(None, "subscription_id"),
)

# One row per body: readers of one message may get different bodies, and all deliveries of a body share its row.
# `role`: whose eyes it was made for. A subscription may be another role's by now: it has this body as its own, to be
# sent, listed and sent again, only while its role sees all that this one does (`roles_within`).
messages = sa.Table(
    "messages",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("message_id", UUID(as_uuid=True), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
)

# What is still to be sent. No foreign keys: a check would lock the subscription's row once per delivery.
# `next_at` is also the lease: a claim moves it ahead, and what a dead process held comes due again by itself.
deliveries = sa.Table(
    "deliveries",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("subscription_id", UUID(as_uuid=True), nullable=False),
    sa.Column("body_id", UUID(as_uuid=True), nullable=False),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("replay", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.Column("next_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Index(None, "subscription_id", "next_at"),
    postgresql_with={"autovacuum_vacuum_threshold": 5000, "autovacuum_vacuum_scale_factor": 0},
)

# What was sent. The last attempt of a delivery that is no longer in `deliveries` says how it ended.
# Nothing but the random half of `id` is unique: a delivery whose lease ran out may have two attempts number 1.
attempts = sa.Table(
    "attempts",
    tables,
    sa.Column("subscription_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("delivery_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("body_id", UUID(as_uuid=True), nullable=False),
    sa.Column("attempt", sa.SmallInteger, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("status", sa.SmallInteger),
    sa.Column("error", sa.Text),
    sa.Column("excerpt", sa.Text, nullable=False),
    sa.Column("duration_ms", sa.Integer, nullable=False),
)

areas = sa.Table(
    "areas",
    tables,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

organisations = sa.Table(
    "organisations",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("areas", ARRAY(sa.Text), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)
