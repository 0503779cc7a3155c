"""The sign-in page."""

SV = {
    "title": "Logga in",
    "lead": "En gemensam lägesbild för kommunen och dess samverkansparter.",
    "name": "Användarnamn",
    "password": "Lösenord",
    "send": "Logga in",
    "wrong": "Användarnamnet eller lösenordet stämmer inte.",
    "stale": "Sidan hade stått öppen för länge. Försök igen.",
    "too_many": "För många försök. Vänta {minutes} minuter och försök sedan igen.",
    "help": "Har du glömt lösenordet? Kommunens samordnare kan ge dig ett nytt.",
    "error": "Det gick inte att logga in",
    "alternative": "eller",
    "provider": "Logga in med {name}",
    "provider_away": "Den andra inloggningen svarar inte just nu. Försök igen om en stund.",
    "provider_no": "Den andra inloggningen avbröts eller gick inte att lita på. Försök igen.",
    "no_role": "Du är känd, men har ingen roll i Samsyn. Tala med kommunens samordnare.",
}
