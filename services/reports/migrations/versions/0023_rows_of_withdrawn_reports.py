"""An import says how many of its rows are reports that somebody withdrew, and that stay so."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_still_withdrawn", sa.Integer(), server_default="0", nullable=False))
