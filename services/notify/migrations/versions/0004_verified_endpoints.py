"""Endpoints that proved to be their subscriber's; what others answered is no longer kept."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE attempts SET excerpt = '' WHERE status IS NOT NULL")
