"""An import says which words were taken by a default of its mapping, and in how many rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_by_default", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "imports",
        sa.Column("words_by_default", postgresql.JSONB(), server_default="{}", nullable=False),
    )
