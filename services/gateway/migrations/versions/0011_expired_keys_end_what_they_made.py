"""Keys that expired, whose end is told once."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("expiry_told_at", sa.DateTime(timezone=True), nullable=True))
