"""The kit's tables."""

from alembic import op

from shared.database.kit_tables import kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    kit_tables(op)
