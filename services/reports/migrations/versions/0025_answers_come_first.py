"""Answers to the coordinator's questions are found among all that became of reports."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_report_history_answered", "report_history", ["report_id"], postgresql_where=sa.text("change = 'answered'")
    )
