"""An import says how many rows have a sign or a word for none in the place of a reference, and which."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("rows_fillers", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("filler", sa.Text(), nullable=True))
