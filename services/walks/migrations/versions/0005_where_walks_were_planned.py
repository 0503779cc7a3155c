"""Where a walk was planned that lies elsewhere while that area is out of use."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("walks", sa.Column("said_area", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_walks_said_elsewhere"), "walks", "said_area <> area_code")
    op.create_table(
        "area_placing",
        sa.Column("one", sa.Boolean(), nullable=False),
        sa.Column("areas_version", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.UUID(), nullable=True),
        sa.Column("through", sa.Boolean(), nullable=False),
        sa.CheckConstraint("one", name=op.f("ck_area_placing_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_area_placing")),
    )
