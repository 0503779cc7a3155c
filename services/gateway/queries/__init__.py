"""Everything that reads: who may call (`callers`), and the read model (`read_model`)."""

from services.gateway.queries.callers import (
    caller_names,
    directory_mark,
    find_client,
    find_organisation,
    find_session,
    find_user,
    list_audit,
    list_living_keys,
    list_organisations,
    list_standings,
)
from services.gateway.queries.read_model import (
    end_of_feed,
    epoch,
    latest_feed,
    map_shapes,
    open_findings,
    overview,
    read_feed,
)

__all__ = [
    "caller_names",
    "directory_mark",
    "end_of_feed",
    "epoch",
    "find_client",
    "find_organisation",
    "find_session",
    "find_user",
    "latest_feed",
    "list_audit",
    "list_living_keys",
    "list_organisations",
    "list_standings",
    "map_shapes",
    "open_findings",
    "overview",
    "read_feed",
]
