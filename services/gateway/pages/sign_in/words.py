"""The sign-in page."""

from services.gateway.pages.speech.language import Both

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
EN = {
    "title": "Sign in",
    "lead": "A shared picture of safety for the municipality and its partners.",
    "name": "User name",
    "password": "Password",
    "send": "Sign in",
    "wrong": "The user name or the password is not right.",
    "stale": "The page had been open for too long. Try again.",
    "too_many": "Too many tries. Wait {minutes} minutes and try again.",
    "help": "Forgotten your password? The municipality's coordinator can give you a new one.",
    "error": "You could not be signed in",
    "alternative": "or",
    "provider": "Sign in with {name}",
    "provider_away": "The other sign-in does not answer just now. Try again in a while.",
    "provider_no": "The other sign-in was broken off or could not be trusted. Try again.",
    "no_role": "You are known, but have no role in Samsyn. Talk to the municipality's coordinator.",
}
TEXT = Both(SV, EN)
