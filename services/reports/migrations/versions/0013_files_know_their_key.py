"""A file knows the API key that it was sent with, and ends with that while it waits."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("key_id", sa.Text(), nullable=True))
