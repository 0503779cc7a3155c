"""The API's documentation: the words around what the API description says itself."""

from services.gateway.pages.speech.language import Both

# Subjects in the order of a newcomer's questions, by tag.
SUBJECTS_EN = {
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

SUBJECTS_SV = {
    "access": ("Åtkomst", "Token för system, och vad det här API:et är."),
    "overview": ("Översikt och flöde", "Hur det står till nu, och allt som har hänt sedan ni frågade sist."),
    "reports": ("Rapporter", "Det er organisation har sett: skicka, följ och läs vad andra delar med er."),
    "imports": ("Filer med rapporter", "Ett helt kalkylblad på en gång, läst på ert eget sätt."),
    "lägesbild": ("Lägesbild", "Den prövade bilden av en period."),
    "areas": ("Områden", "Kommunens egen indelning, och var i den en punkt ligger."),
    "walks": ("Trygghetsvandringar", "Vandringar, vad de fann, och vad de ansvariga svarar."),
    "events": ("Evenemang", "Registret över offentliga tillställningar, med varning när två krockar."),
    "webhooks": ("Webhookar", "Få veta när något händer, signerat enligt Standard Webhooks."),
}
SUBJECTS = Both(SUBJECTS_SV, SUBJECTS_EN)
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
    "example_error": "Example of a refusal",
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
SV = {
    "title": "API",
    "heading": "Samsyns API",
    "lead": "För samverkansparternas system i {name}. JSON över HTTPS, OAuth 2 client credentials, {count} "
    "operationer. Beskrivningen av varje operation är på engelska.",
    "openapi": "Hela beskrivningen som OpenAPI 3.1",
    "contents": "Innehåll",
    "start": "Kom igång",
    "conventions": "Det som gäller överallt",
    "scopes": "Behörigheter",
    "token": "Hämta en token",
    "token_text": "Kommunens samordnare ger er organisation en klient: ett id, och en hemlighet som visas en gång. "
    "Byt dem mot en token, som gäller i tio minuter.",
    "first": "Skicka den första rapporten",
    "first_text": "En rapport handlar om en plats och en tid, aldrig om en person. Idempotency-Key väljer ni själva: "
    "samma nyckel igen ger samma svar och ändrar inget, så ett anrop som inte fick svar kan bara skickas om.",
    "look": "Se att den räknas",
    "look_text": "Översikten har den inom en sekund. Flödet berättar allt som har hänt, i ordning och utan luckor: "
    "spara `next_cursor` och skicka den som `since` nästa gång.",
    "rules": (
        ("Tider", "Datum och tider skrivs enligt ISO 8601. En tid utan zon är lokal tid i kommunen; svaren har alltid "
         "en förskjutning."),
        ("Listor", "Listor tar `limit` och `cursor`. Fortsätt med `next_cursor` tills den är null; rader som kommer "
         "till under tiden flyttar eller upprepar ingen sida."),
        ("Delning", "Ett svar innehåller det er organisation får se. Ett fält som ni inte får se är null, ett antal på "
         "en eller två är null där ni bara får se antal, och det ni inte får känna till finns inte."),
        ("Skickat två gånger", "Operationer som ändrar något tar en `Idempotency-Key`. Ett annat anrop under en använd "
         "nyckel avvisas med 422."),
        ("Fel", "Varje avvisning är ett problemdokument (RFC 9457) med en fast `type`, en mening för människor, och "
         "`errors` som pekar ut fält. Det ni skickade upprepas aldrig. Uppge `request_id` när ni ber om hjälp."),
        ("När något ligger nere", "503 betyder att en del är borta för stunden: skicka samma anrop igen efter "
         "`Retry-After` sekunder. 429 betyder att ni frågar för ofta: vänta lika länge."),
    ),
    "limits": "Gränser",
    "example_error": "Exempel på en avvisning",
}  # fmt: skip
# Words around an operation stay English, as what they stand around.
TEXT = Both(SV, {name: EN[name] for name in SV})
