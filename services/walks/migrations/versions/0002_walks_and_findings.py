"""Walks and findings."""

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
        "walks",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("meeting_point", sa.Text(), nullable=False),
        sa.Column("expected_participants", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("walked_on", sa.Date(), nullable=True),
        sa.Column("head_counts", postgresql.JSONB(none_as_null=True, astext_type=Text()), nullable=True),
        sa.Column("dark", sa.Boolean(), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "num_nulls(walked_on, head_counts, dark) IN (0, 3) AND (status <> 'walked' OR walked_on IS NOT NULL)",
            name=op.f("ck_walks_recorded_whole"),
        ),
        sa.CheckConstraint("status IN ('planned', 'walked', 'closed')", name=op.f("ck_walks_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walks")),
    )
    op.create_index(op.f("ix_walks_area_code_id"), "walks", ["area_code", "id"], unique=False)
    op.create_index(op.f("ix_walks_organisation_id_id"), "walks", ["organisation_id", "id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("walk_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("owner_id", sa.UUID(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('lighting', 'vegetation', 'litter', 'graffiti', 'maintenance', 'signs', 'entrances', 'tunnels', 'traffic', 'snow_ice', 'gathering', 'emptiness', 'other', 'positive')",
            name=op.f("ck_findings_kind"),
        ),
        sa.CheckConstraint("status <> 'declined' OR reason IS NOT NULL", name=op.f("ck_findings_declined_with_reason")),
        sa.CheckConstraint(
            "status IN ('open', 'planned', 'done', 'declined', 'noted')", name=op.f("ck_findings_status")
        ),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_findings_point_whole")),
        sa.CheckConstraint("priority BETWEEN 1 AND 3", name=op.f("ck_findings_priority")),
        sa.ForeignKeyConstraint(["walk_id"], ["walks.id"], name=op.f("fk_findings_walk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_area_code_id"), "findings", ["area_code", "id"], unique=False)
    op.create_index(op.f("ix_findings_owner_id_id"), "findings", ["owner_id", "id"], unique=False)
    op.create_index(op.f("ix_findings_walk_id_id"), "findings", ["walk_id", "id"], unique=False)
