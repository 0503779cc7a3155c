"""A report says which file it came in by, and its history which file changed it."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_OF_A_FILE = sa.text("import_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("reports", sa.Column("import_id", sa.UUID()))
    op.add_column("report_history", sa.Column("import_id", sa.UUID()))
    op.create_index("ix_reports_import", "reports", ["import_id", "received_at", "id"], postgresql_where=_OF_A_FILE)
    op.create_index(
        "ix_report_history_import", "report_history", ["import_id", "report_id"], postgresql_where=_OF_A_FILE
    )
