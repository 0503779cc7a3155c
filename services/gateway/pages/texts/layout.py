"""What stands around every page."""

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
    "made": "Sidan visar läget",
}
