"""Readings of many reports at once are looked through, not indexed; lists by category and by what does not count."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_report_reads_report_ids"), "report_reads")
    op.execute(
        "CREATE INDEX ix_report_reads_of_few ON report_reads USING gin (report_ids)"
        " WHERE cardinality(report_ids) <= 1000"
    )
    op.execute("CREATE INDEX ix_report_reads_of_many ON report_reads (id) WHERE cardinality(report_ids) > 1000")
    op.create_index(op.f("ix_reports_category_id"), "reports", ["category", "id"])
    op.create_index(
        "ix_reports_aside", "reports", ["status", "id"],
        postgresql_where=sa.text("status IN ('duplicate', 'rejected', 'withdrawn')"),
    )  # fmt: skip
