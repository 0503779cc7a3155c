"""Of an export the filter is written down, not the ids of all reports in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report_reads", sa.Column("asked", postgresql.JSONB(), nullable=True))
    op.add_column("report_reads", sa.Column("of_everybody", sa.Boolean(), nullable=True))
    op.add_column("report_reads", sa.Column("report_count", sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_report_reads_export_whole"),
        "report_reads",
        "num_nulls(asked, of_everybody, report_count) IN (0, 3)",
    )
    op.create_index("ix_report_reads_of_exports", "report_reads", ["id"], postgresql_where=sa.text("asked IS NOT NULL"))
