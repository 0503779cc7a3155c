"""Gatherings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "areas",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("path", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("geometry", postgresql.JSONB(none_as_null=True, astext_type=Text()), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_table(
        "gatherings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("e", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("expected_attendance", sa.Integer(), nullable=False),
        sa.Column("outdoor", sa.Boolean(), nullable=False),
        sa.Column("alcohol", sa.Boolean(), nullable=False),
        sa.Column("scale_class", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "ends_at > starts_at AND ends_at <= starts_at + interval '744 hours'", name=op.f("ck_gatherings_lasts")
        ),
        sa.CheckConstraint(
            "kind IN ('concert', 'festival', 'market', 'sport', 'demonstration', 'procession', 'celebration', 'motor', 'other')",
            name=op.f("ck_gatherings_kind"),
        ),
        sa.CheckConstraint("scale_class IN ('S', 'M', 'L', 'XL')", name=op.f("ck_gatherings_scale_class")),
        sa.CheckConstraint("status IN ('registered', 'cancelled')", name=op.f("ck_gatherings_status")),
        sa.CheckConstraint("expected_attendance > 0", name=op.f("ck_gatherings_expected_attendance")),
        sa.CheckConstraint("lon IS NOT NULL OR area_code IS NOT NULL", name=op.f("ck_gatherings_somewhere")),
        sa.CheckConstraint("num_nulls(lon, lat, e, n) IN (0, 4)", name=op.f("ck_gatherings_point_whole")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gatherings")),
    )
    op.create_index(op.f("ix_gatherings_starts_at_id"), "gatherings", ["starts_at", "id"], unique=False)
