"""Why a file could not be gone on with is kept as a code too, with the column, the line and the fault there."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("failure_code", "failure_column", "failure_fault"):
        op.add_column("imports", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("failure_line", sa.Integer(), nullable=True))
