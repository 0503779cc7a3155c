"""The chapters of the API's documentation, and what holds in all of them."""

from services.gateway.pages.speech.language import Texts, marked

# Subjects in the order of a newcomer's questions, by tag: what they are called, and what they are about.
SUBJECTS = Texts(
    {
        "access": marked("Access"),
        "overview": marked("Overview and feed"),
        "reports": marked("Reports"),
        "imports": marked("Files of reports"),
        "lägesbild": marked("Lägesbild"),
        "areas": marked("Areas"),
        "walks": marked("Safety walks"),
        "events": marked("Gatherings"),
        "webhooks": marked("Webhooks"),
    }
)
ABOUT = Texts(
    {
        "access": marked("Tokens for systems, and what this API is."),
        "overview": marked("How it stands now, and everything that happened since you last asked."),
        "reports": marked("What your organisation saw: send it, follow it, read what others share with you."),
        "imports": marked("A spreadsheet's worth at once, read by a mapping that is yours."),
        "lägesbild": marked("The tested picture of a period."),
        "areas": marked("The municipality's own tree of areas, and where a point lies in it."),
        "walks": marked("Walks, what they found, and what the owners of places answer."),
        "events": marked("The register of public gatherings, with a warning where two clash."),
        "webhooks": marked("Be told when something happens, signed by the Standard Webhooks specification."),
    }
)
# The name of a rule, and the rule; `code` stands in backticks.
RULES = (
    (
        marked("Times"),
        marked(
            "Dates and times are ISO 8601. A time without a zone is local time in the municipality; answers carry"
            " an offset."
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
            "refused with 422."
        ),
    ),
    (
        marked("Errors"),
        marked(
            "Every refusal is a problem document (RFC 9457) with a stable `type`, a sentence for people, and "
            "`errors` that point at fields. Values that you sent are never repeated. Name the `request_id` when "
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
