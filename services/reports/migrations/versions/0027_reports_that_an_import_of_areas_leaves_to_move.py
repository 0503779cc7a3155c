"""reports that an import of areas leaves to move."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("area_imports", sa.Column("reports_to_move", sa.Integer(), nullable=True))
