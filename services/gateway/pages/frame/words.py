"""What stands around every page."""

from services.gateway.pages.speech.language import Both

SV = {
    "language": "sv",
    "product": "Samsyn",
    "fictive": "Påhittade uppgifter – demonstration",
    "fictive_more": "Inget av det som visas här har hänt.",
    "skip": "Hoppa till innehållet",
    "navigation": "Huvudmeny",
    "overview": "Översikt",
    "reports": "Rapporter",
    "review": "Granskning",
    "import": "Filer",
    "api": "API",
    "signed_in": "Inloggad som",
    "sign_out": "Logga ut",
    "footer": "Samsyn är öppen källkod för kommunal samverkan om trygghet.",
    # Said in the other language, to those who read it.
    "other": "In English",
    "other_language": "en",
}
EN = {
    "language": "en",
    "product": "Samsyn",
    "fictive": "Made-up data – demonstration",
    "fictive_more": "Nothing shown here has happened.",
    "skip": "Skip to the content",
    "navigation": "Main menu",
    "overview": "Overview",
    "reports": "Reports",
    "review": "Review",
    "import": "Files",
    "api": "API",
    "signed_in": "Signed in as",
    "sign_out": "Sign out",
    "footer": "Samsyn is open source for municipalities and their partners who work together for safety.",
    "other": "På svenska",
    "other_language": "sv",
}
TEXT = Both(SV, EN)
