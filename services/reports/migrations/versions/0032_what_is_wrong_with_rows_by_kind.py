"""An import says what is wrong with its rows by kind, and which words they were refused for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_unknown_words", sa.Integer(), server_default="0", nullable=False))
    for name, empty in (("words_unknown", "{}"), ("fault_kinds", "[]")):
        op.add_column("imports", sa.Column(name, postgresql.JSONB(), server_default=empty, nullable=False))
