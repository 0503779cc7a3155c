"""Who confirmed that a text holds no personal data."""

from alembic import op

from shared.database.kit_tables import confirmations

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    confirmations(op)
