"""Files of areas are held until somebody knows how to read them, and imports keep what they replaced.

What earlier imports replaced is not known: they cannot be undone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_files",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("offer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area_files")),
    )
    op.create_index(op.f("ix_area_files_organisation_id_id"), "area_files", ["organisation_id", "id"], unique=False)
    op.create_index(op.f("ix_area_files_received_at"), "area_files", ["received_at"], unique=False)
    op.create_table(
        "area_file_parts",
        sa.Column("file_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["area_files.id"], name=op.f("fk_area_file_parts_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_area_file_parts")),
    )
    op.create_table(
        "area_import_before",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("path", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("geometry", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT active OR num_nulls(name, level, path, geometry) = 0", name=op.f("ck_area_import_before_whole")
        ),
        sa.ForeignKeyConstraint(["version"], ["area_imports.version"], name=op.f("fk_area_import_before_version")),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_area_import_before")),
    )
    op.drop_constraint(op.f("ck_area_imports_source"), "area_imports")
    op.create_check_constraint(
        op.f("ck_area_imports_source"),
        "area_imports",
        "source IN ('geojson', 'geopackage', 'shapefile', 'grid', 'undo')",
    )
    op.add_column("area_imports", sa.Column("file_name", sa.Text(), nullable=True))
    op.add_column("area_imports", sa.Column("undoes", sa.Integer(), nullable=True))
    op.add_column("area_imports", sa.Column("undone_by", sa.Integer(), nullable=True))
    op.add_column("area_imports", sa.Column("undoable", sa.Boolean(), server_default="false", nullable=False))
    op.create_unique_constraint(op.f("uq_area_imports_undoes"), "area_imports", ["undoes"])
    op.create_unique_constraint(op.f("uq_area_imports_undone_by"), "area_imports", ["undone_by"])
