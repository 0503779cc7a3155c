"""Rows of files are known again by columns that stay, reports know their mapping, and a file may be all there is.

Mappings and files from before have no identity: their rows are known by all that they said, as they were.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_seen",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("report_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "report_id", name=op.f("pk_import_seen")),
    )
    op.create_table(
        "import_missing",
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("report_id", sa.UUID(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_missing_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "report_id", name=op.f("pk_import_missing")),
    )
    op.add_column("import_errors", sa.Column("reference", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("identity", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("imports", sa.Column("rows_repeated", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("rows_mended", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("rows_withdrawn", sa.Integer(), server_default="0", nullable=False))
    op.add_column("imports", sa.Column("file_name", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("snapshot", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("snapshot_of", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("withheld", sa.Text(), nullable=True))
    op.add_column("imports", sa.Column("first_day", sa.Date(), nullable=True))
    op.add_column("imports", sa.Column("last_day", sa.Date(), nullable=True))
    op.add_column("imports", sa.Column("missing", sa.Integer(), nullable=True))
    op.add_column("imports", sa.Column("withdrawing", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("mapping_drafts", sa.Column("identity", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("mappings", sa.Column("identity", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("reports", sa.Column("mapping", sa.Text(), nullable=True))
    op.create_index(
        "ix_reports_kin",
        "reports",
        ["organisation_id", sa.literal_column('"left"(external_reference, 20)')],
        unique=False,
        postgresql_where=sa.text("external_reference LIKE 'row:%'"),
    )
    op.create_check_constraint(op.f("ck_imports_snapshot"), "imports", "snapshot IN ('report', 'withdraw')")
    op.create_check_constraint(op.f("ck_imports_snapshot_of"), "imports", "snapshot_of IN ('period', 'all')")
    op.create_check_constraint(op.f("ck_imports_withheld"), "imports", "withheld IN ('failed_rows', 'more_than_half')")
