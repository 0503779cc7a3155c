"""Rows of files that held personal data."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_masked", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "imports",
        sa.Column("masked_kinds", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
