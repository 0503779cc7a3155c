"""The overview's counts by the organisation that sent the reports, made anew of what is known of each report."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM area_counts")
    op.drop_constraint(op.f("pk_area_counts"), "area_counts", type_="primary")
    op.add_column("area_counts", sa.Column("organisation_id", sa.UUID(), nullable=False))
    op.create_primary_key(op.f("pk_area_counts"), "area_counts", ["period", "area_code", "category", "organisation_id"])
    op.execute("""
        INSERT INTO area_counts (period, area_code, category, organisation_id, reports)
        SELECT period, coalesce(area_code, ''), category, organisation_id, count(*)
        FROM report_facts WHERE counted GROUP BY 1, 2, 3, 4
    """)
