"""What is generated and committed, or kept in step with the code: schemas, API and message descriptions, catalogues.

`make contracts` writes them; `make check` and the contract tests compare. Each needs nothing but the code, except the
schema dumps, which come from a PostgreSQL made for the purpose.
"""

from deploy.contracts.schemas import draft_migration, dump_schema, migrated, scratch_server
from deploy.services import SERVICES

__all__ = ["SERVICES", "draft_migration", "dump_schema", "migrated", "scratch_server"]
