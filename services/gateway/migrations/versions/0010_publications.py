"""Publications: the tables that others' reports are counted by for readers of counts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "published",
        sa.Column("publication", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("publication", name=op.f("pk_published")),
    )
    op.create_table(
        "published_parts",
        sa.Column("unit", sa.Date(), nullable=False),
        sa.Column("publication", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("parents", postgresql.JSONB(), nullable=False),
        sa.Column("organisations", postgresql.JSONB(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "publication", "part", name=op.f("pk_published_parts")),
    )
