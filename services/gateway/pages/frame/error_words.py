"""The error pages: by the code of a refusal, or else by its status; a heading and what one can do."""

from services.gateway.pages.speech.language import Both

SV = {
    "stale-form": (
        "Formuläret hade blivit för gammalt",
        "Du kan ha loggat in på nytt i en annan flik. Ladda om sidan och försök igen.",
    ),
    "403": ("Det här har du inte tillgång till", "Behöver du det i ditt arbete? Tala med kommunens samordnare."),
    "404": (
        "Sidan finns inte",
        "Adressen kan vara felskriven, eller så har sidan flyttat. Börja om från översikten.",
    ),
    "405": ("Adressen används på ett annat sätt", "Gå till översikten och börja om därifrån."),
    "413": ("Det var för mycket på en gång", "Skicka mindre åt gången."),
    "422": ("Adressen går inte att förstå", "Någon del av adressen är fel. Börja om från översikten."),
    "429": ("För många försök", "Vänta några minuter och försök sedan igen."),
    "503": (
        "Sidan kan inte visas just nu",
        "En del av systemet svarar inte. Inget har gått förlorat. Försök igen om en stund.",
    ),
    "other": ("Något gick fel", "Felet ligger hos oss. Försök igen, och hör av dig om det händer på nytt."),
}
EN = {
    "stale-form": (
        "The form had become too old",
        "You may have signed in again in another tab. Load the page again and try once more.",
    ),
    "403": ("This is not open to you", "Do you need it in your work? Talk to the municipality's coordinator."),
    "404": (
        "There is no such page",
        "The address may be misspelt, or the page has moved. Begin again from the overview.",
    ),
    "405": ("The address is used in another way", "Go to the overview and begin again from there."),
    "413": ("That was too much at once", "Send less at a time."),
    "422": ("The address cannot be understood", "Some part of the address is wrong. Begin again from the overview."),
    "429": ("Too many tries", "Wait some minutes and try again."),
    "503": (
        "The page cannot be shown just now",
        "A part of the system does not answer. Nothing is lost. Try again in a while.",
    ),
    "other": ("Something went wrong", "The fault is ours. Try again, and tell us if it happens again."),
}
TEXT = Both(SV, EN)
PLACES = Both(
    {"home": "Till översikten", "id": "Ärende-id att uppge", "status": "Felkod"},
    {"home": "To the overview", "id": "Request id to name", "status": "Error code"},
)
