"""What was said of the place of a report whose area is out of use."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("said_area", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_reports_said_elsewhere"),
        "reports",
        "said_area IS NULL OR (lon IS NULL AND said_area IS DISTINCT FROM area_code)",
    )
