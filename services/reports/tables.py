"""The tables of the reports service. Times are UTC; `e` and `n` are metres in the municipality's projected system."""

from typing import get_args

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.reports.areas.domain.trees import Source
from services.reports.intake.domain import COUNTING, WAITING, Certainty, LocationKind, Status
from services.reports.placements import domain as placing
from services.reports.tables_of_files import (
    import_chunks,
    import_errors,
    import_missing,
    import_seen,
    imports,
    mapping_drafts,
    mappings,
    tables,
)
from shared.database.checks import listed, one_of

__all__ = [
    "area_file_parts", "area_files", "area_import_before", "area_imports", "areas", "foundation",
    "import_chunks", "import_errors", "import_missing", "import_seen", "imports", "mapping_drafts", "mappings",
    "organisations", "placements", "publication_rows", "publication_tables", "publications", "report_history",
    "report_reads", "reports", "tables",
]  # fmt: skip

_ASIDE = listed(status for status in get_args(Status) if status not in COUNTING)

_OF_ROWS = sa.text("external_reference LIKE 'row:%'")

# One row: what all that was taken in is counted by (`foundation.py`).
foundation = sa.Table(
    "foundation",
    tables,
    sa.Column("single", sa.Boolean, primary_key=True, server_default="true"),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("crs", sa.Text, nullable=False),
    sa.Column("cycle_days", sa.SmallInteger, nullable=False),
    sa.Column("cycle_start", sa.Date, nullable=False),
    sa.CheckConstraint("single", name="one_row"),
)

# What lists and counts decide by.
_LOOKED_AT = (
    "occurred_from", "band", "area_code", "category", "subcategory", "severity", "dark", "status", "counts",
    "organisation_id",
)  # fmt: skip

# One row per import of areas: its number is the version of the whole tree.
area_imports = sa.Table(
    "area_imports",
    tables,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    *(sa.Column(each, sa.Text, nullable=False) for each in ("source", "crs")),
    *(sa.Column(each, sa.Integer, nullable=False) for each in ("added", "changed", "retired", "unchanged")),
    sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    # As its sender called it, where that was said.
    sa.Column("file_name", sa.Text),
    # Of an undo: the version that it took back; and of that one, the version that did.
    sa.Column("undoes", sa.Integer, unique=True),
    sa.Column("undone_by", sa.Integer, unique=True),
    # Whether what it replaced is still there to be put back.
    sa.Column("undoable", sa.Boolean, nullable=False, server_default="false"),
    # How many reports lay in other areas than they belonged to once it was in place; null until they are counted.
    sa.Column("reports_to_move", sa.Integer),
    one_of("source", Source),
)

# What an import replaced: the areas that it touched as they were, of those that it added nothing but the code.
area_import_before = sa.Table(
    "area_import_before",
    tables,
    sa.Column("version", sa.Integer, sa.ForeignKey("area_imports.version"), primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("parent", sa.Text),
    sa.Column("level", sa.SmallInteger),
    sa.Column("path", ARRAY(sa.Text)),
    sa.Column("geometry", JSONB(none_as_null=True)),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.CheckConstraint("NOT active OR num_nulls(name, level, path, geometry) = 0", name="whole"),
)

# Files of areas while somebody finds out how to read them: a day at most, and each organisation's newest few.
area_files = sa.Table(
    "area_files",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    # What the file offers, as it was found when it came.
    sa.Column("offer", JSONB, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Index(None, "organisation_id", "id"),
    sa.Index(None, "received_at"),
)
area_file_parts = sa.Table(
    "area_file_parts",
    tables,
    sa.Column("file_id", UUID(as_uuid=True), sa.ForeignKey("area_files.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

areas = sa.Table(
    "areas",
    tables,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("path", ARRAY(sa.Text), nullable=False),
    sa.Column("geometry", JSONB, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    # The area's own version, by which its messages are ordered.
    sa.Column("sequence", sa.Integer, nullable=False, server_default="1"),
    # The version of the tree that brought it as it is.
    sa.Column("version", sa.Integer, nullable=False),
)

# Requests to place all reports by new areas, and how far each is: `after` is the last report looked at.
placements = sa.Table(
    "placements",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("tree_version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("after", UUID(as_uuid=True)),
    *(sa.Column(each, sa.Integer, nullable=False, server_default="0") for each in ("looked_at", "moved", "unplaced")),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("finished_at", sa.DateTime(timezone=True)),
    one_of("state", placing.State),
    sa.Index("ix_placements_running", "id", postgresql_where=sa.text("state = 'running'")),
)

reports = sa.Table(
    "reports",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("external_reference", sa.Text),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("subcategory", sa.Text),
    sa.Column("occurred_from", sa.DateTime(timezone=True), nullable=False),
    sa.Column("occurred_to", sa.DateTime(timezone=True)),
    sa.Column("occurred_on", sa.Date, nullable=False),
    sa.Column("band", sa.SmallInteger),
    *(sa.Column(each, sa.Double) for each in ("lon", "lat")),
    *(sa.Column(each, sa.Integer) for each in ("e", "n")),
    sa.Column("cell", sa.Text),
    # Without one the report is unplaced: no usable point, or a point outside all areas.
    sa.Column("area_code", sa.Text),
    # Of one without a point: the area that its sender named, where that is out of use and it lies in another meanwhile.
    sa.Column("said_area", sa.Text),
    sa.Column("dark", sa.Boolean),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    *(sa.Column(each, sa.Text) for each in ("location_kind", "text", "certainty")),
    sa.Column("status", sa.Text, nullable=False, server_default="received"),
    # Whether it is an incident of its own: not when withdrawn, rejected or a duplicate of another.
    sa.Column("counts", sa.Boolean, nullable=False, server_default="true"),
    # The report that stands for the same incident, for a duplicate.
    sa.Column("incident_id", UUID(as_uuid=True)),
    sa.Column("row_hash", sa.LargeBinary, nullable=False),
    # What its sender's row, or its first request, said last, where that is not what the report says: somebody corrected
    # it, or the row leaves open what it has.
    sa.Column("said_hash", sa.LargeBinary),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    # The mapping of its sender's that it came in by; None for one sent by itself, or before this was kept.
    sa.Column("mapping", sa.Text),
    # The file that it is of; None for one sent by itself, or before this was kept. No foreign key, here and in the log:
    # a file of which a report came is never deleted, and to look each up would be work for every row.
    sa.Column("import_id", UUID(as_uuid=True)),
    sa.UniqueConstraint("organisation_id", "external_reference"),
    sa.CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
    one_of("location_kind", LocationKind),
    sa.CheckConstraint("band BETWEEN 0 AND 11", name="band"),
    one_of("certainty", Certainty),
    one_of("status", Status),
    sa.CheckConstraint("(status = 'duplicate') = (incident_id IS NOT NULL)", name="duplicate_of"),
    sa.CheckConstraint(f"counts = (status NOT IN ({_ASIDE}))", name="counts"),
    sa.CheckConstraint("num_nulls(lon, lat, e, n, cell) IN (0, 5)", name="point_whole"),
    sa.CheckConstraint(
        "said_area IS NULL OR (lon IS NULL AND said_area IS DISTINCT FROM area_code)", name="said_elsewhere"
    ),
    # The lägesbild counts a stretch of days, lists go through days in either order: both without the rows themselves.
    sa.Index("ix_reports_days", "occurred_on", "id", postgresql_include=_LOOKED_AT),
    sa.Index(None, "area_code"),
    sa.Index(None, "category", "subcategory"),
    # For a Swedish municipality; `searching` makes it anew for others.
    sa.Index("ix_reports_words", sa.text("to_tsvector('swedish', text)"), postgresql_using="gin"),
    # Rows of files that say the same incident: see `files.domain.identifying`.
    sa.Index("ix_reports_kin", "organisation_id", sa.text('"left"(external_reference, 20)'), postgresql_where=_OF_ROWS),
    sa.Index("ix_reports_incident", "incident_id", postgresql_where=sa.text("incident_id IS NOT NULL")),
    # The reports of a file, as lists have them.
    sa.Index("ix_reports_import", "import_id", "received_at", "id", postgresql_where=sa.text("import_id IS NOT NULL")),
    # What was taken back or put aside is rare, and asked for by itself.
    sa.Index("ix_reports_aside", "status", "id", postgresql_where=sa.text(f"status IN ({_ASIDE})")),
    # The review queue: what waits, oldest first, however many were reviewed.
    sa.Index("ix_reports_waiting", "received_at", "id", postgresql_where=sa.text(f"status IN ({listed(WAITING)})")),
)

# What became of a report, told to whoever sent it. A trigger refuses UPDATE and DELETE, as for all logs.
report_history = sa.Table(
    "report_history",
    tables,
    sa.Column("report_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    # The file that did it, by a row or by having none.
    sa.Column("import_id", UUID(as_uuid=True)),
    sa.Index(None, "at", "report_id"),
    sa.Index("ix_report_history_import", "import_id", "report_id", postgresql_where=sa.text("import_id IS NOT NULL")),
    sa.Index("ix_report_history_answered", "report_id", postgresql_where=sa.text("change = 'answered'")),
)

# Who read reports in full. A trigger refuses UPDATE and DELETE, and the serving role does not own the table.
report_reads = sa.Table(
    "report_reads",
    tables,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("report_ids", ARRAY(UUID(as_uuid=True)), nullable=False),
    # Of an export: the filter, whether it gave everybody's reports in full or the organisation's own, and how many.
    sa.Column("asked", JSONB),
    sa.Column("of_everybody", sa.Boolean),
    sa.Column("report_count", sa.Integer),
    sa.CheckConstraint("num_nulls(asked, of_everybody, report_count) IN (0, 3)", name="export_whole"),
    sa.Index("ix_report_reads_of_exports", "id", postgresql_where=sa.text("asked IS NOT NULL")),
    # Exports of earlier releases hold ids by the million: looked through when somebody asks, not indexed by each.
    sa.Index(
        "ix_report_reads_of_few", "report_ids", postgresql_using="gin",
        postgresql_where=sa.text("cardinality(report_ids) <= 1000"),
    ),
    sa.Index("ix_report_reads_of_many", "id", postgresql_where=sa.text("cardinality(report_ids) > 1000")),
)  # fmt: skip

# What those who get counts only are shown of others' reports: see `publications`. A trigger refuses UPDATE and DELETE.
publications = sa.Table(
    "publications",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    # The last day that is counted, and how many days a unit has; from these two of the first all units follow.
    sa.Column("through", sa.Date, nullable=False, unique=True),
    sa.Column("unit_days", sa.SmallInteger, nullable=False),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
)
# What one publication tells of one unit, named by its first day: a secret of its own, and the areas as they lay then.
publication_tables = sa.Table(
    "publication_tables",
    tables,
    sa.Column("unit", sa.Date, primary_key=True),
    sa.Column("publication", sa.Integer, sa.ForeignKey("publications.number"), primary_key=True, autoincrement=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("parents", JSONB, nullable=False),
)
# By how much its counts changed since all earlier ones. '' stands for no area: a unit's rows are all distinct.
publication_rows = sa.Table(
    "publication_rows",
    tables,
    sa.Column("unit", sa.Date, nullable=False),
    sa.Column("publication", sa.Integer, sa.ForeignKey("publications.number"), nullable=False),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    *(sa.Column(each, sa.Text, nullable=False) for each in ("area_code", "category")),
    sa.Column("weekday", sa.SmallInteger, nullable=False),
    sa.Column("band", sa.SmallInteger),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.Index(None, "unit", "publication"),
)

# What organisations are called: a copy, built from messages.
organisations = sa.Table(
    "organisations",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)
