"""One index of days that holds what lists are chosen by, in the place of one for each choice; changes by their moment.

Codes that go together are known to the planner: else it takes a category without such sub-categories for one with many.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

LOOKED_AT = [
    "occurred_from", "band", "area_code", "category", "subcategory", "severity", "dark", "status", "counts",
    "organisation_id",
]  # fmt: skip


def upgrade() -> None:
    op.create_index("ix_reports_days", "reports", ["occurred_on", "id"], postgresql_include=LOOKED_AT)
    op.create_index(op.f("ix_reports_area_code"), "reports", ["area_code"])
    op.create_index(op.f("ix_reports_category_subcategory"), "reports", ["category", "subcategory"])
    for old in ("occurred_on_area_code", "area_code_id", "organisation_id_id", "category_id"):
        op.drop_index(op.f(f"ix_reports_{old}"), "reports")
    op.create_index(op.f("ix_report_history_at_report_id"), "report_history", ["at", "report_id"])
    op.execute(sa.text("CREATE STATISTICS st_reports_codes (mcv) ON category, subcategory FROM reports"))
