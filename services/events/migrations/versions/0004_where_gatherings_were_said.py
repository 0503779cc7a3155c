"""What was said of the place of a gathering whose area is out of use."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gatherings", sa.Column("said_area", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_gatherings_said_elsewhere"),
        "gatherings",
        "said_area IS NULL OR (lon IS NULL AND said_area IS DISTINCT FROM area_code)",
    )
    op.create_table(
        "area_placing",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("areas_version", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.UUID(), nullable=True),
        sa.Column("through", sa.Boolean(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_area_placing_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_area_placing")),
    )
