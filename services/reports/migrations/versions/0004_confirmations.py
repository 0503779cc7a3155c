"""Who confirmed that a text holds no personal data."""

from alembic import op

from shared.database.kit_tables import confirmations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    confirmations(op)
