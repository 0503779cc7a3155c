"""The error pages: by the code of a refusal, or else by its status; a heading and what one can do."""

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
PLACES = {"home": "Till översikten", "id": "Ärende-id att uppge", "status": "Felkod"}
