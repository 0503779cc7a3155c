"""Where the feed goes on from a moment."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_feed_at_position", "feed", ["at", "position"])
