"""Files know in which era they were made, and the service which credentials ended.

Those from before are of the first era: any end of who made them ends them, as it did.
"""

import sqlalchemy as sa
from alembic import op

from shared.database.kit_tables import endings

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    endings(op)
    op.add_column("imports", sa.Column("client_era", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("organisation_era", sa.Integer(), server_default="0", nullable=False))
