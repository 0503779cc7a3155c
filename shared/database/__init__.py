"""A service's own PostgreSQL: its connections and sessions.

`copying` writes many rows at once; `migrations` (Alembic), `revisions` and `kit_tables` make the database.
"""

from shared.database.engine import Database, Session, after_commit, asyncpg_url, constraint, is_passing, metadata

__all__ = [
    "Database",
    "Session",
    "after_commit",
    "asyncpg_url",
    "constraint",
    "is_passing",
    "metadata",
]
