"""The form for a report, and what is said beside its fields."""

SV = {
    "title": "Skriv en rapport",
    "lead": "Om en plats och vad som hände där. Rapporten blir en allmän handling.",
    "what": "Vad handlar det om?",
    "category": "Kategori",
    "choose": "Välj …",
    "only": "{name}, allmänt",
    "when": "När var det?",
    "day": "Dag",
    "from": "Från klockan",
    "to": "Till klockan",
    "clock_hint": "Lämna klockslagen tomma om det gäller hela dagen. Slutade det efter midnatt räknas nästa dag med.",
    "where": "Var var det?",
    "area": "Område",
    "area_none": "Okänd plats, eller koordinater nedan",
    "point": "Har du koordinater?",
    "lat": "Latitud",
    "lon": "Longitud",
    "point_hint": "I grader, till exempel 63,1765 och 14,6400. De går före området.",
    "map": "Välj på kartan",
    "map_hint": "Välj området på kartan innan du skriver: sidan laddas om.",
    "map_skip": "Hoppa över kartan till formuläret",
    "map_name": "Karta över områdena. Samma områden finns i listan.",
    "kind": "Slags plats",
    "unknown": "Vet inte",
    "how": "Hur var det?",
    "severity": "Allvar",
    "certainty": "Hur säker är uppgiften?",
    "text": "Vad hände?",
    "help_title": "Skriv om platsen, inte om personer",
    "help": "Inga namn, personnummer, telefonnummer, e-postadresser, registreringsnummer eller lägenhetsnummer. Inget "
    "om hälsa, ursprung eller religion.",
    "help_good": "Skriv: ”Ett tiotal ungdomar vid norra entrén, hög musik.”",
    "help_bad": "Skriv inte vem, vilken bil eller vilken lägenhet det var.",
    "reference": "Er egen beteckning",
    "reference_hint": "Om ni har en, till exempel ett ärendenummer. Den får inte peka ut en person.",
    "confirm": "Jag har kontrollerat: texten handlar inte om någon person.",
    "confirm_hint": "Att du har intygat det sparas tillsammans med rapporten.",
    "send": "Skicka rapporten",
    "optional": "valfritt",
    "error": "Rapporten är inte skickad än",
    "error_more": "Det här behöver ändras:",
    "conflict": "En annan rapport har redan skickats med samma beteckning. Ändra beteckningen eller lämna den tom.",
    "again": "Det gick inte att skicka rapporten. Kontrollera uppgifterna och försök igen.",
}
# By field and code, or by field alone for every other code.
WRONG = {
    ("category", ""): "Välj en kategori i listan.",
    ("subcategory", ""): "Välj en kategori i listan.",
    ("occurred_from", "impossible_time"): "Tiden måste ligga mellan år 2000 och nu.",
    ("occurred_from", ""): "Skriv dagen, och klockslaget som till exempel 21:30.",
    ("occurred_to", "before_start"): "Sluttiden ligger före starttiden.",
    ("occurred_to", ""): "Skriv klockslaget som till exempel 22:15.",
    ("area_code", ""): "Området finns inte. Välj ett i listan.",
    ("point", ""): "Platsen går inte att placera i kommunen. Kontrollera latitud och longitud.",
    ("severity", ""): "Välj hur allvarligt det var.",
    ("certainty", ""): "Välj ett av alternativen.",
    ("location_kind", ""): "Välj ett av alternativen.",
    ("text", ""): "Texten får ha högst 2 000 tecken.",
    ("external_reference", ""): "Beteckningen får ha högst 100 tecken.",
}
STRONG = "Här står {what} (tecken {place}). Ta bort det. Skriv om platsen, inte om personer."
WEAK = "Här står något som ser ut som {what} (tecken {place}). Ta bort det, eller intyga att det inte gäller en person."
WEAK_UNPLACED = "Här står något som ser ut som {what}. Ta bort det, eller intyga att det inte gäller en person."
STRONG_UNPLACED = "Här står {what}. Ta bort det. Skriv om platsen, inte om personer."
SOMETHING = "en personuppgift"
