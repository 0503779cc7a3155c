"""An import says how many of its rows another mapping of its organisation knows, and which."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_alike", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("alike_mapping", sa.Text(), nullable=True))
