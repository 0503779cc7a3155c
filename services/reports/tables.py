"""The tables of the reports service. Times are UTC; `e` and `n` are metres in the municipality's projected system."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from shared.database import metadata

tables = metadata()

areas = sa.Table(
    "areas",
    tables,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("geometry", JSONB, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
)

reports = sa.Table(
    "reports",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("subcategory", sa.Text),
    sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("occurred_to", sa.DateTime(timezone=True)),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("band", sa.SmallInteger),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("e", sa.Integer),
    sa.Column("n", sa.Integer),
    sa.Column("cell", sa.Text),
    sa.Column("area_code", sa.Text),
    sa.Column("dark", sa.Boolean),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    sa.Column("location_kind", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("row_hash", sa.LargeBinary, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.UniqueConstraint("organisation_id", "external_reference"),
    sa.CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
    sa.CheckConstraint("location_kind IN ('residential', 'public', 'semi_public')", name="location_kind"),
    sa.CheckConstraint("band BETWEEN 0 AND 11", name="band"),
    sa.CheckConstraint("(lon IS NULL) = (cell IS NULL)", name="placed_whole"),
    # The lägesbild reads a stretch of days; a list reads one area newest first.
    sa.Index(None, "occurred_on", "area_code"),
    sa.Index(None, "area_code", "id"),
)
