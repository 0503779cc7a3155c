"""Who may see and do what: the one table. Pure, so that every layer may ask it.

`door` says who calls (tokens, scopes), `sight` makes the table into conditions of a query, `telling` asks it
of a message, `published` makes the counts of what is not seen one by one.
"""

from shared.access.table import (
    COARSE,
    KINDS,
    ROLES_OF_KIND,
    SCOPES,
    SCOPES_OF_ROLE,
    TABLE,
    TO_BE_TOLD,
    Kind,
    Principal,
    Role,
    Sharing,
    Sight,
    Thing,
    roles_within,
    sees_each,
    sharing,
    sight_of,
)

__all__ = [
    "COARSE",
    "KINDS",
    "ROLES_OF_KIND",
    "SCOPES",
    "SCOPES_OF_ROLE",
    "TABLE",
    "TO_BE_TOLD",
    "Kind",
    "Principal",
    "Role",
    "Sharing",
    "Sight",
    "Thing",
    "roles_within",
    "sees_each",
    "sharing",
    "sight_of",
]
