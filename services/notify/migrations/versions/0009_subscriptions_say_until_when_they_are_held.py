"""Subscriptions say until when nothing is sent there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("held_until", sa.DateTime(timezone=True)))
