"""People who sign in at an OpenID provider: known by its issuer and their subject there."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("issuer", sa.Text()))
    op.add_column("users", sa.Column("subject", sa.Text()))
    op.create_unique_constraint(op.f("uq_users_issuer_subject"), "users", ["issuer", "subject"])
