"""The tables of mappings and of files with reports on their way in; and what all tables of the service are in."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.reports.files.domain import imports as files
from shared.database import metadata
from shared.database.checks import listed, one_of

tables = metadata()

# How an organisation's files are read; a document, because only whole ones are ever used.
mappings = sa.Table(
    "mappings",
    tables,
    sa.Column("organisation_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    # The account or client; not known of mappings from before this was kept.
    sa.Column("changed_by", sa.Text),
    # By what its rows are known, so far: see `mappings.domain.identity`. None of one from before this was kept.
    sa.Column("identity", JSONB),
)

# Mappings that files are only tried with: under no name, and each organisation's newest few.
mapping_drafts = sa.Table(
    "mapping_drafts",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("identity", JSONB),
    sa.Index(None, "organisation_id", "id"),
)

imports = sa.Table(
    "imports",
    tables,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("organisation_id", UUID(as_uuid=True), nullable=False),
    # By what it was sent: what waits of it ends with that. No key: a token or a person, or before keys were noted.
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text),
    # How often those had ended, and in which version their organisation was: an end ends what is of before it.
    *(sa.Column(f"{of}_era", sa.Integer, nullable=False, server_default="0") for of in ("client", "organisation")),
    # None where it was tried with a draft.
    sa.Column("mapping", sa.Text),
    # The mapping as it was when the file came in: changing it later changes nothing of a file under way.
    sa.Column("document", JSONB, nullable=False),
    sa.Column("identity", JSONB),
    # dry_run: only told what would become of its rows, no report comes of it. takes_over: rows correct also reports
    # that another mapping of the organisation brought.
    *(sa.Column(name, sa.Boolean, nullable=False, server_default="false") for name in ("dry_run", "takes_over")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False, server_default="0"),
    # read: dealt with, where work goes on after a stop. repeated: unchanged ones that stood in the file before. mended:
    # by an area's code that had lost its noughts. masked: with personal data, struck out, so much of a kind.
    *(sa.Column(f"rows_{name}", sa.Integer, nullable=False, server_default="0") for name in files.COUNTED),
    sa.Column("masked_kinds", JSONB, nullable=False, server_default="{}"),
    *(sa.Column(f"words_{of}", JSONB, nullable=False, server_default="{}") for of in ("by_default", "unknown")),
    # As `files.domain.faultkinds` makes them.
    sa.Column("fault_kinds", JSONB, nullable=False, server_default="[]"),
    # snapshot: the file is all that its sender has; what becomes of the rest. withheld: why that was not withdrawn.
    # failure_*: its code, the column and line that it is about, and the code of the fault there.
    *(sa.Column(f"failure{of}", sa.Text) for of in ("", "_code", "_column", "_fault")),
    sa.Column("failure_line", sa.Integer),
    *(sa.Column(name, sa.Text) for name in ("file_name", "snapshot", "snapshot_of", "withheld")),
    *(sa.Column(name, sa.Text) for name in ("alike_mapping", "other_mapping", "filler")),
    *(sa.Column(name, sa.Date) for name in ("first_day", "last_day")),
    sa.Column("missing", sa.Integer),
    sa.Column("withdrawing", sa.Boolean, nullable=False, server_default="false"),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("received_at", "started_at", "finished_at")),
    *(one_of(name, of) for name, of in files.CHOICES.items()),
    sa.CheckConstraint("mapping IS NOT NULL OR dry_run", name="drafts_are_only_tried"),
    sa.CheckConstraint("rows_read = rows_new + rows_unchanged + rows_changed + rows_failed", name="every_row_counted"),
    sa.Index(None, "organisation_id", "id"),
    # What waits to be worked off: a handful of rows however many imports there were.
    sa.Index(
        "ix_imports_waiting",
        "received_at",
        postgresql_where=sa.text(f"state IN ({listed(files.WAITING)})"),
    ),
)

# Files on their way in, as that index has them.
on_their_way = imports.c.state.in_(files.WAITING)

# The file itself, until its rows are in: any process can go on with it.
import_chunks = sa.Table(
    "import_chunks",
    tables,
    sa.Column("import_id", UUID(as_uuid=True), sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)

import_errors = sa.Table(
    "import_errors",
    tables,
    sa.Column("import_id", UUID(as_uuid=True), sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("column", sa.Text),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("reference", sa.Text),
    # Not of a note: its row was dealt with, and is not among those that failed.
    sa.Column("failed", sa.Boolean, nullable=False, server_default="true"),
)

# Which reports rows of a file under way said, and which of its mapping's none did.
import_seen = sa.Table(
    "import_seen",
    tables,
    *(sa.Column(name, UUID(as_uuid=True), primary_key=True) for name in ("import_id", "report_id")),
)
import_missing = sa.Table(
    "import_missing",
    tables,
    sa.Column("import_id", UUID(as_uuid=True), sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("report_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default="false"),
)
