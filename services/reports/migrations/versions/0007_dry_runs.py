"""Files that are only told what would become of them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("dry_run", sa.Boolean(), server_default="false", nullable=False))
