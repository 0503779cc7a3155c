"""The API's documentation: the words around what the API description says itself."""

# Subjects in the order of a newcomer's questions, by tag.
SUBJECTS = {
    "access": ("Access", "Tokens for systems, and what this API is."),
    "overview": ("Overview and feed", "How it stands now, and everything that happened since you last asked."),
    "reports": ("Reports", "What your organisation saw: send it, follow it, read what others share with you."),
    "imports": ("Files of reports", "A spreadsheet's worth at once, read by a mapping that is yours."),
    "lägesbild": ("Lägesbild", "The tested picture of a period."),
    "areas": ("Areas", "The municipality's own tree of areas, and where a point lies in it."),
    "walks": ("Safety walks", "Walks, what they found, and what the owners of places answer."),
    "events": ("Gatherings", "The register of public gatherings, with a warning where two clash."),
    "webhooks": ("Webhooks", "Be told when something happens, signed by the Standard Webhooks specification."),
}

EN = {
    "title": "API",
    "heading": "The API of Samsyn",
    "lead": "For systems of partners in {name}. JSON over HTTPS, OAuth 2 client credentials, {count} operations.",
    "openapi": "The whole description as OpenAPI 3.1",
    "contents": "Contents",
    "start": "Getting started",
    "conventions": "What holds everywhere",
    "scopes": "Scopes",
    "token": "Get a token",
    "token_text": "The municipality's coordinator gives your organisation a client: an id, and a secret that is shown "
    "once. Exchange them for an access token, which holds for ten minutes.",
    "first": "Send the first report",
    "first_text": "A report is about a place and a time, never about a person. The Idempotency-Key is your own: the "
    "same key again gives the same answer and changes nothing, so a request that timed out can simply be sent again.",
    "look": "See it counted",
    "look_text": "The overview has it within a second. The feed tells everything that happened, in order and without "
    "gaps: keep `next_cursor` and send it as `since` the next time.",
    "rules": (
        ("Times", "Dates and times are ISO 8601. A time without a zone is local time in the municipality; answers "
         "carry an offset."),
        ("Lists", "Lists take `limit` and `cursor`. Go on with `next_cursor` until it is null; rows that arrive "
         "meanwhile neither shift nor repeat a page."),
        ("Sharing", "An answer holds what your organisation may see. A field that you may not see is null, a count of "
         "one or two is null where you may see counts only, and what you may not know of is not found."),
        ("Sent twice", "Operations that change something take an `Idempotency-Key`. Another request under a used key "
         "is refused with 422."),
        ("Errors", "Every refusal is a problem document (RFC 9457) with a stable `type`, a sentence for people, and "
         "`errors` that point at fields. Values that you sent are never repeated. Name the `request_id` when you ask "
         "for help."),
        ("Trouble", "503 means that a part is away for the moment: send the same request again after `Retry-After` "
         "seconds. 429 means that you ask too often: wait as long."),
    ),
    "limits": "Limits",
    "scope": "scope",
    "no_scope": "no token needed",
    "parameters": "Parameters",
    "request": "Request",
    "response": "Answer",
    "no_content": "No content.",
    "fields": "Fields of the answer",
    "required": "required",
    "example": "e.g.",
    "errors": "Refusals",
    "in": "in",
}  # fmt: skip
