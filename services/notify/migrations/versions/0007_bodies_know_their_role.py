"""Bodies know for whose eyes they were made.

Of those from before it is known only where the subscription is certainly its first role's still (its version is the
first), and of what waits, since what waited for another role's eyes was dropped. All others count as a coordinator's:
no role sees more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KNOWN = """
    UPDATE messages SET role = known.role FROM (
        SELECT sent.body_id, (array_agg(sent.role ORDER BY array_position(
            ARRAY['night_walker', 'member', 'municipal_police', 'coordinator'], sent.role)))[1] AS role
        FROM (
            SELECT a.body_id, s.role FROM attempts AS a JOIN subscriptions AS s ON s.id = a.subscription_id
            WHERE s.version = 1
            UNION ALL
            SELECT d.body_id, s.role FROM deliveries AS d JOIN subscriptions AS s ON s.id = d.subscription_id
            WHERE NOT d.replay
        ) AS sent GROUP BY sent.body_id
    ) AS known WHERE known.body_id = messages.id
"""


def upgrade() -> None:
    op.add_column("messages", sa.Column("role", sa.Text(), server_default="coordinator", nullable=False))
    op.execute(_KNOWN)
    op.alter_column("messages", "role", server_default=None)
