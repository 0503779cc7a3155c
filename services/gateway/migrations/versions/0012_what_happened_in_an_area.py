"""what happened in an area."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_feed_area_code_position"),
        "feed",
        ["area_code", "position"],
        unique=False,
        postgresql_where=sa.text("area_code IS NOT NULL"),
    )
