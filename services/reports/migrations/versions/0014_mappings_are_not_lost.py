"""Mappings have versions, so that none is replaced unseen; files are tried with drafts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mapping_drafts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_drafts")),
    )
    op.create_index(
        op.f("ix_mapping_drafts_organisation_id_id"), "mapping_drafts", ["organisation_id", "id"], unique=False
    )
    op.alter_column("imports", "mapping", existing_type=sa.TEXT(), nullable=True)
    op.create_check_constraint(op.f("ck_imports_drafts_are_only_tried"), "imports", "mapping IS NOT NULL OR dry_run")
    op.add_column("mappings", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("mappings", sa.Column("changed_by", sa.Text(), nullable=True))
