"""What the `type` of a problem document may be: a word for each refusal that a program may have to tell from others.

The API's description and `/docs` list them, with what they say; they stay as they are.
"""

from collections.abc import Mapping

PREFIX = "urn:samsyn:problem:"
# Words with hyphens, by status; the codes of faults in `errors` have underscores.
TYPES: Mapping[int, Mapping[str, str]] = {
    400: {"malformed": "The request cannot be read: its JSON, a header, a cursor."},
    401: {"unauthenticated": "No token, or one that is wrong or too old."},
    403: {
        "forbidden": "The caller's role or scopes do not go so far.",
        "not-the-lead": "Only who planned the walk, a coordinator or the municipal police records it.",
        "not-the-owner": "Only who answers for the finding, or a coordinator, answers it.",
        "not-the-registrant": "Only who registered the gathering, or who sees every one, changes it.",
    },
    404: {"not-found": "There is no such thing for this caller."},
    405: {"method-not-allowed": "The address takes other methods, which `Allow` names."},
    408: {"too-slow": "The rest of the request did not come in time."},
    409: {
        "request-in-progress": "A request with this Idempotency-Key is being worked on. Send it again in a moment.",
        "limit-reached": "As many as an organisation may have are there.",
        "name-taken": "Another one has this name.",
        "reference-known": "The very report is there already, under its external reference.",
        "reference-taken": "Another report has this external reference.",
        "reference-withdrawn": "The report of this external reference was withdrawn.",
        "report-received": "The report waits for its review, and this decision cannot follow.",
        "report-accepted": "The report is accepted, and this decision cannot follow.",
        "report-duplicate": "The report counts as a duplicate, and this cannot follow.",
        "report-rejected": "The report was rejected, and this cannot follow.",
        "report-withdrawn": "The report was withdrawn, and stays so.",
        "not-counting": "What it is to be the duplicate of is itself, or does not count.",
        "mapping-in-use": "Files wait that were sent with the mapping.",
        "not-a-snapshot": "The file is not at its end, or did not come with `snapshot`.",
        "nothing-missing": "The file lacks nothing that stands, or that was withdrawn before.",
        "later-file": "A later file of the mapping came in.",
        "already-placing": "Reports are being placed anew just now.",
        "retires-most": "More than half of the areas in use would be retired, and `retire` does not say it is meant.",
        "not-undoable": "It is not the newest import of areas that stands, or what it replaced is no longer kept.",
        "walk-recorded": "The walk has been recorded as walked, or closed.",
        "walk-not-recorded": "The walk has not been recorded as walked.",
        "walk-closed": "The walk is closed.",
        "walk-has-findings": "The walk has findings.",
        "findings-unanswered": "Findings of the walk wait for their owners' answers.",
        "finding-answered": "The finding has its owner's answer, which stays.",
        "finding-settled": "The finding is done, or needs no answer.",
        "gathering-cancelled": "The gathering is cancelled.",
        "subscription-inactive": "The subscription is paused or disabled.",
    },
    410: {"gone": "The cursor stands before what is told, which began anew: begin without one."},
    412: {"stale": "It was changed after the version that If-Match names."},
    413: {"too-large": "More bytes or items than may come."},
    414: {"too-long": "The address is too long."},
    422: {
        "invalid": "The values break a rule; `errors` says which.",
        "personal-data": "A text looks as if it held personal data.",
        "idempotency-key-reused": "The Idempotency-Key was used for another request.",
        "unknown-area": "No area in use has this code.",
        "unknown-owner": "No organisation that takes part has this id.",
        "unknown-organisation": "No organisation that takes part, or did, has this id.",
        "bad-address": "Webhooks may not be sent there.",
        "search-too-wide": "The search through texts takes too long: ask for fewer days, or fewer areas.",
        "unreadable-file": "The file cannot be read as what it is.",
        "empty-file": "The file has no rows.",
    },
    428: {"version-needed": "Say which version you saw, in If-Match."},
    429: {"too-many": "Too much at once, or too often: wait for `Retry-After` seconds."},
    431: {"too-large": "The headers are too many or too long."},
    500: {"unexpected": "A fault of ours."},
    501: {"not-implemented": "Of transfer codings only chunked is understood."},
    503: {"unavailable": "A part is away: send the same again after `Retry-After` seconds."},
    505: {"version": "HTTP/1.1 is spoken here."},
}


def as_code(word: str) -> str:
    """A type as it is written where faults of fields have their codes."""
    return word.replace("-", "_")


def told() -> str:
    """All of them with what they say, for the API's description."""
    lines = (
        f"{status}: " + ", ".join(f"`{word}` ({says.rstrip('.')})" for word, says in of.items()) + "."
        for status, of in TYPES.items()
    )
    return f"`{PREFIX}` and a word. " + " ".join(lines)
