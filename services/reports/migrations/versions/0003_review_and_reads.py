"""Review and reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.kit_tables import append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_reads",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("report_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_reads")),
    )
    op.create_index(
        op.f("ix_report_reads_report_ids"), "report_reads", ["report_ids"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "report_history",
        sa.Column("report_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("report_id", "version", name=op.f("pk_report_history")),
    )
    op.add_column("reports", sa.Column("certainty", sa.Text(), nullable=True))
    op.add_column("reports", sa.Column("status", sa.Text(), server_default="received", nullable=False))
    op.add_column("reports", sa.Column("counts", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("reports", sa.Column("incident_id", sa.UUID(), nullable=True))
    op.create_index(
        "ix_reports_incident",
        "reports",
        ["incident_id"],
        unique=False,
        postgresql_where=sa.text("incident_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_reports_organisation_id_id"), "reports", ["organisation_id", "id"], unique=False)
    op.create_index(
        "ix_reports_waiting",
        "reports",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status IN ('received', 'question')"),
    )
    op.create_index(
        "ix_reports_words",
        "reports",
        [sa.literal_column("to_tsvector('swedish', text)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_check_constraint(
        op.f("ck_reports_certainty"), "reports", "certainty IN ('certain', 'likely', 'uncertain')"
    )
    op.create_check_constraint(
        op.f("ck_reports_status"),
        "reports",
        "status IN ('received', 'accepted', 'question', 'duplicate', 'rejected', 'withdrawn')",
    )
    op.create_check_constraint(
        op.f("ck_reports_duplicate_of"), "reports", "(status = 'duplicate') = (incident_id IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_reports_counts"), "reports", "counts = (status NOT IN ('duplicate', 'rejected', 'withdrawn'))"
    )
    append_only(op, "report_reads")
