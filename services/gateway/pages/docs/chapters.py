"""The chapters of the API's documentation, and what holds in all of them."""

from services.gateway.pages.speech.language import Texts, marked

# Subjects in the order of a newcomer's questions, by tag: what they are called, and what they are about.
SUBJECTS = Texts(
    {
        "access": marked("Access"),
        "overview": marked("Overview and feed"),
        "reports": marked("Reports"),
        "imports": marked("Files of reports"),
        "lagesbild": marked("Lägesbild"),
        "areas": marked("Areas"),
        "walks": marked("Safety walks"),
        "events": marked("Gatherings"),
        "webhooks": marked("Webhooks"),
    }
)
# What a token may be good for, as `shared/access/table.py` has it in English.
RIGHTS = {
    "reports:read": marked("Read reports and the lägesbild, as far as the access table goes"),
    "reports:write": marked("Send reports and files of reports"),
    "reports:review": marked("Review reports and mark duplicates"),
    "areas:write": marked("Import the municipality's areas"),
    "walks:read": marked("Read safety walks and findings"),
    "walks:write": marked("Plan and record safety walks, answer findings"),
    "events:read": marked("Read the register of gatherings"),
    "events:write": marked("Register and change gatherings"),
    "subscriptions:write": marked("Manage the organisation's own webhooks; to be told by one takes overview:read too"),
    "overview:read": marked("Read the overview and the feed"),
}
PLACES = Texts(
    {
        "path": marked("in the path"),
        "query": marked("in the query"),
        "header": marked("in a header"),
        "cookie": marked("in a cookie"),
    }
)
ABOUT = Texts(
    {
        "access": marked("Tokens for systems, and what this API is."),
        "overview": marked("How it stands now, and everything that happened since you last asked."),
        "reports": marked("What your organisation saw: send it, follow it, read what others share with you."),
        "imports": marked("A spreadsheet's worth at once, read by a mapping that is yours."),
        "lagesbild": marked("The tested picture of a period."),
        "areas": marked("The municipality's own tree of areas, and where a point lies in it."),
        "walks": marked("Walks, what they found, and what the owners of places answer."),
        "events": marked("The register of public gatherings, with a warning where two clash."),
        "webhooks": marked(
            "Be told when something happens, signed by the Standard Webhooks specification. The bodies of all types and"
            " the three headers stand in the OpenAPI description under `webhooks`; so does what the feed has in `data`."
            " An address that fails ten times in a row is left alone for a while, and so is a host that cannot be"
            " reached: `held_until` says until when, and a test has one sent at once."
        ),
    }
)
# What the whole description begins with, and what it says of limits: `INFO` of the proxy's catalogue, as paragraphs.
WHOLE = (
    marked(
        "What partners of a municipality share of safety: reports of places and times, never of persons; areas, the"
        " lägesbild made of them, safety walks and their findings, public gatherings, and webhooks for all of it."
    ),
    marked(
        "Get a token at `/oauth/token` with your client's id and secret, or send an API key in `X-API-Key`."
        " Send each POST that takes an `Idempotency-Key` with one of your own: it makes it safe to send again. Refusals"
        " are `application/problem+json`. What you see depends on your organisation, your role and your areas."
    ),
)
LIMITS = marked(
    "1,200 requests a minute for each client unless agreed otherwise, 4,800 for all of an organisation (RateLimit"
    " headers, 429 beyond); an operation with `x-cost` counts as so many, each hundred rows of a page beyond the"
    " first and a search through texts more; four requests of an organisation at once in each service, of those"
    " that cost five or more one, with a rest as long as it took (2 s at most), and four files; bodies of 64"
    " kB, of operations that cost ten or more 1 MB, files of 512 MB, workbooks of 50 MB; 1,000 rows a page; 1,000"
    " reports a batch; keys kept for 48 hours."
)
# The name of a rule, and the rule; `code` stands in backticks.
RULES = (
    (
        marked("Times"),
        marked(
            "Dates and times are ISO 8601. A time without a zone is local time in the municipality; answers have"
            " times in UTC, which end in `Z`."
        ),
    ),
    (
        marked("Lists"),
        marked(
            "Lists take `limit` and `cursor`. Go on with `next_cursor` until it is null; rows that arrive "
            "meanwhile neither shift nor repeat a page."
        ),
    ),
    (
        marked("Sharing"),
        marked(
            "An answer holds what your organisation may see. A field that you may not see is null, and what you may"
            " not know of is not found. Where you may see counts only, others' reports are counted as they were"
            " published: rounded to threes, as `rounded` says."
        ),
    ),
    (
        marked("Sent twice"),
        marked(
            "Operations that change something take an `Idempotency-Key`. Another request under a used key is "
            "refused with 422, `idempotency-key-reused`."
        ),
    ),
    (
        marked("Errors"),
        marked(
            "Every refusal is a problem document (RFC 9457) with a stable `type`, a sentence for people, and "
            "`errors` that point at fields: `in` says whether of the body, the query, the path or a "
            "header. Values that you sent are never repeated. Name the `request_id` when "
            "you ask for help."
        ),
    ),
    (
        marked("Trouble"),
        marked(
            "503 means that a part is away for the moment: send the same request again after `Retry-After` "
            "seconds. 429 means that you ask too often: wait as long."
        ),
    ),
)
