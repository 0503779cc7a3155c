"""Who may see and do what: the one table. Pure, so that every layer may ask it.

`door` says who calls (tokens, scopes), `sight` makes the table into conditions of a query, `suppression` leaves out the
counts that would tell too much.
"""

from shared.access.table import (
    COARSE_FACTS,
    COARSE_FIELDS,
    KINDS,
    ROLES_OF_KIND,
    SCOPES,
    SCOPES_OF_ROLE,
    TABLE,
    Kind,
    Principal,
    Role,
    Sight,
    may_receive,
    sees_each,
)

__all__ = [
    "COARSE_FACTS",
    "COARSE_FIELDS",
    "KINDS",
    "ROLES_OF_KIND",
    "SCOPES",
    "SCOPES_OF_ROLE",
    "TABLE",
    "Kind",
    "Principal",
    "Role",
    "Sight",
    "may_receive",
    "sees_each",
]
