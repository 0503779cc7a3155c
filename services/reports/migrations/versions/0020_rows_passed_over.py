"""Rows of a file that are no reports, totals and headings said again, are passed over and counted."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_passed_over", sa.Integer(), nullable=False, server_default="0"))
