"""The tables of the gateway: who may call, and the read model that its consumer keeps."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from shared.database import metadata
from shared.geo.areas import areas_table

tables = metadata()

organisations = sa.Table(
    "organisations",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("areas", ARRAY(sa.Text), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("name"),
)
clients = sa.Table(
    "clients",
    tables,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    # Requests a window, where this client has another number than the settings give everybody.
    sa.Column("quota", sa.Integer),
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    # How often it ended; so are people's.
    sa.Column("ends", sa.Integer, nullable=False, server_default="0"),
)
client_secrets = sa.Table(
    "client_secrets",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False, index=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
)
api_keys = sa.Table(
    "api_keys",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("client_id", sa.Text, sa.ForeignKey("clients.id"), nullable=False, index=True),
    sa.Column("hint", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    # When what was made with it was ended, since it had expired.
    sa.Column("expiry_told_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Column("last_used_at", sa.DateTime(timezone=True)),
)
# Every change of who may call. A trigger refuses UPDATE and DELETE, and the serving role does not own the table.
audit = sa.Table(
    "audit",
    tables,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("detail", JSONB, nullable=False),
)
users = sa.Table(
    "users",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("organisation_id", UUID(as_uuid=True), sa.ForeignKey("organisations.id"), nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default="true"),
    # Of people who sign in at an OpenID provider; their password_hash is "!", which no password fits.
    sa.Column("issuer", sa.Text),
    sa.Column("subject", sa.Text),
    # Which the person reads, as a tag (BCP 47); NULL while they never chose one.
    sa.Column("language", sa.Text),
    sa.Column("ends", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("name"),
    sa.UniqueConstraint("issuer", "subject"),
)
sessions = sa.Table(
    "sessions",
    tables,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", UUID(as_uuid=True), sa.ForeignKey("users.id"), nullable=False),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)
# How often an account, or an address, was tried lately. Digests only: people type passwords into the wrong field.
sign_in_tries = sa.Table(
    "sign_in_tries",
    tables,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
)

# The read model, made of messages, can be made again. A table that one topic alone fills and reads stands in its own
# file (`readmodel/topics/`).
areas = areas_table(tables)
feed = sa.Table(
    "feed",
    tables,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", UUID(as_uuid=True), nullable=False, unique=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("area_code", sa.Text),
    sa.Column("data", JSONB, nullable=False),
    # What happened last in one area, however long ago.
    sa.Index(None, "area_code", "position", postgresql_where=sa.text("area_code IS NOT NULL")),
    # Where the feed goes on from a moment.
    sa.Index(None, "at", "position"),
)
# Who answers for which webhook, as notify tells it.
subscription_facts = sa.Table(
    "subscription_facts",
    tables,
    sa.Column("subscription_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("made_by", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
# One row: which feed this is. A database made anew hands out positions anew, and old cursors must not fit it.
feed_epoch = sa.Table(
    "feed_epoch",
    tables,
    sa.Column("single", sa.Boolean, primary_key=True, server_default="true"),
    sa.Column("epoch", sa.Text, nullable=False),
    sa.CheckConstraint("single", name="one_row"),
)
