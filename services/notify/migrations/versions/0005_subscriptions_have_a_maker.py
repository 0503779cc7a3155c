"""A subscription knows the client, person or key that made it, and ends with that."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("client_id", "key_id"):
        op.add_column("subscriptions", sa.Column(name, sa.Text(), nullable=True))
        op.create_index(op.f(f"ix_subscriptions_{name}"), "subscriptions", [name])
