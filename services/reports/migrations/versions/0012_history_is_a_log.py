"""What became of a report is written down for good: the role that serves adds to it, and changes nothing."""

from alembic import op

from shared.database.kit_tables import append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    append_only(op, "report_history")
