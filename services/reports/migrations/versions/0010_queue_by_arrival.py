"""The review queue is read by when reports came: their ids say the day alone."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_reports_waiting", "reports")
    op.create_index(
        "ix_reports_waiting", "reports", ["received_at", "id"],
        postgresql_where=sa.text("status IN ('received', 'question')"),
    )  # fmt: skip
