"""What everything that was taken in is counted by is written down, so that a later start may be held against it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "foundation",
        sa.Column("single", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("cycle_days", sa.SmallInteger(), nullable=False),
        sa.Column("cycle_start", sa.Date(), nullable=False),
        sa.CheckConstraint("single", name=op.f("ck_foundation_one_row")),
        sa.PrimaryKeyConstraint("single", name=op.f("pk_foundation")),
    )
