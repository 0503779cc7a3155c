"""The tables of the walks service. Head-counts only: no column holds who took part."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.walks.safety.domain import FindingKind, FindingStatus, WalkStatus
from shared.database import metadata
from shared.database.checks import one_of
from shared.geo.areas import areas_table
from shared.geo.placing import placing_table

tables = metadata()

areas = areas_table(tables)
area_placing = placing_table(tables)

# A copy of who takes part, built from messages: a finding is handed to one of them.
organisations = sa.Table(
    "organisations",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

walks = sa.Table(
    "walks",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("area_code", sa.Text, nullable=False),
    sa.Column("planned_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("meeting_point", sa.Text, nullable=False),
    sa.Column("expected_participants", sa.SmallInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("walked_on", sa.Date),
    sa.Column("head_counts", JSONB(none_as_null=True)),
    sa.Column("dark", sa.Boolean),
    sa.Column("closing_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    # The area it was planned in, where that is out of use and the walk lies in one around it for now.
    sa.Column("said_area", sa.Text),
    one_of("status", WalkStatus),
    sa.CheckConstraint("said_area <> area_code", name="said_elsewhere"),
    sa.CheckConstraint(
        "num_nulls(walked_on, head_counts, dark) IN (0, 3) AND (status <> 'walked' OR walked_on IS NOT NULL)",
        name="recorded_whole",
    ),
    sa.Index(None, "area_code", "id"),
    sa.Index(None, "organisation_id", "id"),
)

findings = sa.Table(
    "findings",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("walk_id", UUID(as_uuid=True), nullable=False),
    # The walk's own organisation, and the area: every list is filtered by them. The area is the walk's, or a part of it
    # where that lies around the one it was planned in.
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("area_code", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("owner_id", UUID(as_uuid=True), nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("answered_at", sa.DateTime(timezone=True)),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.ForeignKeyConstraint(["walk_id"], ["walks.id"]),
    one_of("kind", FindingKind),
    one_of("status", FindingStatus),
    sa.CheckConstraint("priority BETWEEN 1 AND 3", name="priority"),
    sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="point_whole"),
    sa.CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name="declined_with_reason"),
    # A walk's protocol, an owner's list, an area's list: each newest first.
    sa.Index(None, "walk_id", "id"),
    sa.Index(None, "owner_id", "id"),
    sa.Index(None, "area_code", "id"),
)
