"""Publications: what readers of counts are shown of others' reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.kit_tables import append_only

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("unit_days", sa.SmallInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_publications")),
        sa.UniqueConstraint("through", name=op.f("uq_publications_through")),
    )
    op.create_table(
        "publication_tables",
        sa.Column("unit", sa.Date(), nullable=False),
        sa.Column("publication", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("parents", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.number"], name=op.f("fk_publication_tables_publication_publications")
        ),
        sa.PrimaryKeyConstraint("unit", "publication", name=op.f("pk_publication_tables")),
    )
    op.create_table(
        "publication_rows",
        sa.Column("unit", sa.Date(), nullable=False),
        sa.Column("publication", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("area_code", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("band", sa.SmallInteger(), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.number"], name=op.f("fk_publication_rows_publication_publications")
        ),
    )
    op.create_index(op.f("ix_publication_rows_unit_publication"), "publication_rows", ["unit", "publication"])
    for table in ("publications", "publication_tables", "publication_rows"):
        append_only(op, table)
