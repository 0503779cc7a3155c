"""Areas and reports."""

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
        sa.Column("geometry", postgresql.JSONB(astext_type=Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_areas")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("external_reference", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subcategory", sa.Text(), nullable=True),
        sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurred_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("e", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("cell", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("dark", sa.Boolean(), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("location_kind", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "location_kind IN ('residential', 'public', 'semi_public')", name=op.f("ck_reports_location_kind")
        ),
        sa.CheckConstraint("(lon IS NULL) = (cell IS NULL)", name=op.f("ck_reports_placed_whole")),
        sa.CheckConstraint("band BETWEEN 0 AND 11", name=op.f("ck_reports_band")),
        sa.CheckConstraint("severity BETWEEN 1 AND 3", name=op.f("ck_reports_severity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "organisation_id", "external_reference", name=op.f("uq_reports_organisation_id_external_reference")
        ),
    )
    op.create_index(op.f("ix_reports_area_code_id"), "reports", ["area_code", "id"], unique=False)
    op.create_index(op.f("ix_reports_occurred_on_area_code"), "reports", ["occurred_on", "area_code"], unique=False)
