"""The tables of the events service. Times are UTC; lengths are metres in the municipality's projected system."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from services.events.register.domain import Kind, ScaleClass, Status
from shared.database import metadata
from shared.database.checks import one_of
from shared.geo.areas import areas_table
from shared.geo.placing import placing_table

tables = metadata()

areas = areas_table(tables)
area_placing = placing_table(tables)

gatherings = sa.Table(
    "gatherings",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("place_name", sa.Text, nullable=False),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("e", sa.Integer),
    sa.Column("n", sa.Integer),
    sa.Column("area_code", sa.Text),
    sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("organiser", sa.Text, nullable=False),
    sa.Column("expected_attendance", sa.Integer, nullable=False),
    sa.Column("outdoor", sa.Boolean, nullable=False),
    sa.Column("alcohol", sa.Boolean, nullable=False),
    sa.Column("scale_class", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("cancelled_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
    # The area that was told, where that is out of use and the gathering lies in another for now.
    sa.Column("said_area", sa.Text),
    one_of("kind", Kind),
    one_of("scale_class", ScaleClass),
    one_of("status", Status),
    sa.CheckConstraint("num_nulls(lon, lat, e, n) IN (0, 4)", name="point_whole"),
    sa.CheckConstraint("lon IS NOT NULL OR area_code IS NOT NULL", name="somewhere"),
    sa.CheckConstraint(
        "said_area IS NULL OR (lon IS NULL AND said_area IS DISTINCT FROM area_code)", name="said_elsewhere"
    ),
    sa.CheckConstraint("expected_attendance > 0", name="expected_attendance"),
    # Rests on domain.LONGEST: what goes on at a moment began at most so long before it.
    sa.CheckConstraint("ends_at > starts_at AND ends_at <= starts_at + interval '744 hours'", name="lasts"),
    # A calendar, and what goes on at a time.
    sa.Index(None, "starts_at", "id"),
)
