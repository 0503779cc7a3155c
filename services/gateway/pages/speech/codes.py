"""What codes are called that more than one subject shows."""

from services.gateway.pages.speech.language import Both

SEVERITY = Both(
    {1: "1 – lindrig", 2: "2 – allvarlig", 3: "3 – mycket allvarlig"},
    {1: "1 – slight", 2: "2 – serious", 3: "3 – very serious"},
)
STATUS = Both(
    {
        "received": "mottagen",
        "accepted": "godtagen",
        "question": "fråga ställd",
        "duplicate": "dubblett",
        "rejected": "avvisad",
        "withdrawn": "tillbakadragen",
    },
    {
        "received": "received",
        "accepted": "accepted",
        "question": "question asked",
        "duplicate": "duplicate",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
    },
)
KINDS = Both(
    {"residential": "bostadsmiljö", "public": "allmän plats", "semi_public": "halvoffentlig plats"},
    {"residential": "residential", "public": "public place", "semi_public": "semi-public place"},
)
CERTAINTY = Both(
    {"certain": "säker", "likely": "trolig", "uncertain": "osäker"},
    {"certain": "certain", "likely": "likely", "uncertain": "uncertain"},
)
