"""GeoPackages: an SQLite database with tables of features, their shapes as WKB behind a short head. Pure.

Source: OGC 12-128r19, GeoPackage Encoding Standard 1.4, clauses 1.1.1 to 2.1.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from services.reports.areas.domain.forms import other_form
from services.reports.areas.domain.layers import MOST_FEATURES, Contents, Feature, Layer, check_count, check_layers
from services.reports.areas.domain.systems import named
from services.reports.areas.domain.values import headed
from shared.errors import FieldError, Invalid

# A view, or a table that a program makes up, is a question that may have no end: only tables that are stored are read.
_STORED = """
    SELECT count(*) FROM sqlite_master WHERE type = 'table' AND rootpage > 0
    AND lower(name) IN ('gpkg_geometry_columns', 'gpkg_contents', 'gpkg_spatial_ref_sys')
"""
_LAYERS = """
    SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id, s.definition
    FROM gpkg_geometry_columns AS g
    JOIN gpkg_contents AS c ON c.table_name = g.table_name AND c.data_type = 'features'
    JOIN sqlite_master AS m ON lower(m.name) = lower(g.table_name) AND m.type = 'table' AND m.rootpage > 0
    LEFT JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = g.srs_id
    ORDER BY g.table_name
"""
# Bytes of the box behind the head, by the code in its flags.
_BOX_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEAD_BYTES, _WKB_HEAD_BYTES = 8, 5
_EMPTY = 0b0001_0000
# Without a write-ahead log, which a copy in memory has no place for: bytes 18 and 19 of the database's head.
_NO_LOG = b"\x01\x01"
_LONGEST_CELL_BYTES = 100_000_000


def read_geopackage(body: bytes, *, layer: str | None) -> Contents:
    """The layers of a GeoPackage, and one of them with its features: the first that has any, where none is named.

    Raises Invalid, TooLarge.
    """
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(body[:18] + _NO_LOG + body[20:])
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_CELL_BYTES)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA query_only = ON")
        # A text that is no UTF-8 is one with lost letters.
        database.text_factory = lambda text: text.decode(errors="replace")
        if database.execute(_STORED).fetchone() != (3,):
            raise sqlite3.DatabaseError
        # First: to look each of them up among all tables takes the square of their number.
        check_layers(_count(database, "gpkg_geometry_columns"))
        tables = headed({row[0]: row for row in database.execute(_LAYERS).fetchall()})
        counts = {name: _count(database, table) for name, (table, *_) in tables.items()}
        with_areas = [name for name, (table, column, *_) in tables.items() if _has_areas(database, table, column)]
        chosen = chosen_layer(counts, layer, with_areas=with_areas)
        check_count(counts[chosen])
        table, column, organisation, code, definition = tables[chosen]
        system = named(f"{organisation}:{code}" if str(organisation).upper() == "EPSG" else definition)
        features = list(_features(database, table, column))
    except sqlite3.Error:
        raise other_form(
            "damaged-database", "is an SQLite database that is no GeoPackage, or is damaged", "Save it as GeoPackage."
        ) from None
    finally:
        database.close()
    read = Layer(name=chosen, features=features, crs=system)
    return Contents(form="geopackage", layers=counts, layer=read, with_areas=with_areas)


def chosen_layer(counts: dict[str, int], layer: str | None, *, with_areas: Sequence[str]) -> str:
    """The layer that is named, or the first with areas, or with features. Raises Invalid where there is none."""
    if layer is not None and layer not in counts:
        fault = FieldError("/layer", "unknown-layer", "The file has no layer of this name.")
        raise Invalid("The file has no layer of this name.", errors=(fault,))
    found = layer or next(iter(with_areas), next((name for name, count in counts.items() if count), None))
    if found is None:
        raise other_form("no-layer", "has no layer with features", "Look whether it was saved whole.")
    return found


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])


def _has_areas(database: sqlite3.Connection, table: str, column: str) -> bool:
    """Whether the first shape of a layer is a polygon or several: 3 and 6, with heights a thousand more."""
    shape, first = _quoted(column), f"SELECT * FROM {_quoted(table)} LIMIT 1"
    if column not in (each[0] for each in database.execute(first).description):
        return False
    row = database.execute(f"SELECT {shape} FROM {_quoted(table)} WHERE {shape} IS NOT NULL LIMIT 1").fetchone()
    wkb = _wkb(row[0]) if row else None
    if not wkb or len(wkb) < _WKB_HEAD_BYTES:
        return False
    kind = int.from_bytes(wkb[1:_WKB_HEAD_BYTES], "little" if wkb[0] else "big")
    return (kind & 0xFFFF) % 1000 in (3, 6)


def _features(database: sqlite3.Connection, table: str, column: str) -> Iterator[Feature]:
    keys = [row[1] for row in database.execute(f"PRAGMA table_info({_quoted(table)})") if row[5]]
    rows = database.execute(f"SELECT * FROM {_quoted(table)} LIMIT {MOST_FEATURES}")
    names: Sequence[str] = [each[0] for each in rows.description]
    for index, row in enumerate(rows):
        said = dict(zip(names, row, strict=True))
        shape = said.pop(column, None)
        key = said.pop(keys[0], None) if len(keys) == 1 else None
        plain = {name: None if isinstance(value, bytes) else value for name, value in said.items()}
        yield Feature(index, key, headed(plain), _wkb(shape))


def _wkb(blob: Any) -> bytes | None:
    """The WKB in a cell; nothing for an empty shape, and for what is none the cell itself, which nobody can read."""
    if not isinstance(blob, bytes):
        return None
    if blob[:2] != b"GP" or len(blob) < _HEAD_BYTES:
        return blob
    flags = blob[3]
    if flags & _EMPTY:
        return None
    begin = _HEAD_BYTES + _BOX_BYTES.get(flags >> 1 & 0b111, len(blob))
    return blob[begin:] or blob


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
