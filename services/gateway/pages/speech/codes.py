"""What codes are called that more than one subject shows."""

from collections.abc import Mapping
from typing import Any

from services.gateway.pages.speech.language import Texts, language, marked

SEVERITIES = {1: marked("1 – slight"), 2: marked("2 – serious"), 3: marked("3 – very serious")}
SEVERITY = Texts(SEVERITIES)
STATUSES = {
    "received": marked("received"),
    "accepted": marked("accepted"),
    "question": marked("question asked"),
    "duplicate": marked("duplicate"),
    "rejected": marked("rejected"),
    "withdrawn": marked("withdrawn"),
}
STATUS = Texts(STATUSES)
KINDS = Texts(
    {
        "residential": marked("residential"),
        "public": marked("public place"),
        "semi_public": marked("semi-public place"),
    }
)
CERTAINTY = Texts({"certain": marked("certain"), "likely": marked("likely"), "uncertain": marked("uncertain")})

SIZES = Texts({"S": marked("small"), "M": marked("of some size"), "L": marked("large"), "XL": marked("very large")})
FINDINGS = Texts(
    {
        "lighting": marked("Lighting"),
        "vegetation": marked("Vegetation"),
        "litter": marked("Litter"),
        "graffiti": marked("Graffiti"),
        "maintenance": marked("Maintenance"),
        "signs": marked("Signs"),
        "entrances": marked("Entrances"),
        "tunnels": marked("Tunnels"),
        "traffic": marked("Traffic"),
        "snow_ice": marked("Snow and ice"),
        "gathering": marked("Gathering place"),
        "emptiness": marked("Deserted place"),
        "other": marked("Other"),
        "positive": marked("Something good"),
    }
)
# How a finding stands: what its owner answered.
ANSWERS = Texts(
    {
        "open": marked("waits for an answer"),
        "planned": marked("is to be mended"),
        "done": marked("mended"),
        "declined": marked("will not be mended"),
        "noted": marked("asks for no answer"),
    }
)
GATHERINGS = Texts(
    {
        "concert": marked("Concert"),
        "festival": marked("Festival"),
        "market": marked("Market"),
        "sport": marked("Sports event"),
        "demonstration": marked("Demonstration"),
        "procession": marked("Procession"),
        "celebration": marked("Celebration"),
        "motor": marked("Motor event"),
        "other": marked("Gathering"),
    }
)


def label(named: Mapping[str, Any]) -> str:
    """The name of a category or sub-category, as the reports service gives it in several languages.

    In the language of the request; where the taxonomy lacks that, in English, else in Swedish.
    """
    found = (named.get(f"label_{tag}") for tag in (language().tag, "en", "sv"))
    return next(str(name) for name in found if name)
