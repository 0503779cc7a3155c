"""The kit on its own, as in its integration tests: one database a worker, a topic for each test."""

from tests.integration.kit.conftest import database, fact, kit_tables, tables

__all__ = ["database", "fact", "kit_tables", "tables"]
