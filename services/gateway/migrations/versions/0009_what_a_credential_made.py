"""How often a client or person ended, and who answers for which webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("clients", "users"):
        op.add_column(table, sa.Column("ends", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "subscription_facts",
        sa.Column("subscription_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_subscription_facts")),
    )
