"""Rows are compared with what they said the last time, and what becomes of some is told as notes.

Of reports from before nobody knows what was corrected by hand and what by a row: they are what their rows said last.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_errors", sa.Column("failed", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("imports", sa.Column("takes_over", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("imports", sa.Column("rows_not_corrected", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("rows_corrections_replaced", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("rows_of_other_mapping", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("other_mapping", sa.Text(), nullable=True))
    op.add_column("reports", sa.Column("said_hash", sa.LargeBinary(), nullable=True))
