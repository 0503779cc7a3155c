"""What the words of partners mean, and what is left to a person."""

import pytest

from services.reports.suggestions.lexicon import kind_of, sense_of, severity_of, subcategory_of

# Words of the field in six languages, and of what the police publish: text -> category, and sub-category if it says so.
KNOWN = {
    "Misshandel": "violence/assault", "Misshandel, grov": "violence/assault",
    "Misshandel utomhus": "violence/assault", "Stöld/inbrott": "theft", "Stöld, försök": "theft",
    "Inbrott, försök": "theft/burglary", "Butiksrån": "violence/robbery", "Trafikolycka, personskada": "traffic",
    "Trafikolycka, smitning från": "traffic", "Rattfylleri": "traffic", "Olovlig körning": "traffic",
    "Skadegörelse": "damage", "SKADEGÖRELSE": "damage", "skadego\u0308relse": "damage", "Rån": "violence/robbery",
    "Rån övrigt": "violence/robbery", "Narkotikabrott": "drugs", "Fylleri/LOB": "order/intoxication",
    "Ofredande/förargelse": "order", "Olaga hot": "violence/threat", "Mordbrand": "damage", "Mord/dråp": "violence",
    "Våld/hot mot tjänsteman": "staff", "Motorfordon, anträffat stulet": "theft/vehicle_crime",
    "Sammanfattning natt": "other", "bilinbrott": "theft/vehicle_crime", "cykelstöld": "theft/bike_theft",
    "elcykelstölder": "theft/bike_theft", "lägenhetsbråk": "order", "trasig lampa": "environment/lighting",
    "Trasiga lampor": "environment/lighting", "nedskräpning": "environment/litter",
    "klottersanering": "damage/graffiti", "Klotterborttagning": "damage/graffiti",
    "Skadegörelse genom klotter": "damage/graffiti", "Skadegörelse på belysning": "damage",
    "Trafik: Moped": "traffic/moped", "Hot mot personal": "staff", "Våld mot vårdpersonal": "staff",
    "Hot mot lärare": "staff", "Källarinbrott": "theft/burglary", "Stöld ur källarförråd": "theft",
    "Misstänkt narkotika": "drugs", "Övrigt": "other", "Lugnt": "positive/calm", "Anti-social behaviour": "order",
    "Noise - Residential": "order/noise", "Graffiti Removal Request": "damage/graffiti", "CRIMINAL DAMAGE": "damage",
    "Bicycle theft": "theft/bike_theft", "Burglary (attempted)": "theft/burglary",
    "Street Light Out": "environment/lighting", "Fly-tipping": "environment/litter",
    "Drug dealing": "drugs/suspected_dealing", "Skadeverk": "damage", "Hærverk": "damage",
    "Innbrudd": "theft/burglary", "Indbrud": "theft/burglary", "Støy": "order/noise",
    "Tyveri fra bil": "theft/vehicle_crime", "Fahrraddiebstahl": "theft/bike_theft", "Sachbeschädigung": "damage",
    "Körperverletzung": "violence/assault", "Straßenbeleuchtung": "environment/lighting",
    "Pahoinpitely": "violence/assault", "Töhryjä": None, "Töhryt": "damage/graffiti",
    "Roskaaminen": "environment/litter",
}  # fmt: skip
# What might be another thing, or the opposite.
UNKNOWN = (
    "Klottersanering utförd", "Klotter sanerat", "Klotter, åtgärdat", "Snöröjning utförd", "Graffiti removed",
    "Graffiti removal completed", "Inbrott avslutat",
    "Inbrottslarm", "Larm om inbrott", "Överfallslarm", "Brandlarm", "Trafikkontroll", "hotell", "Hot water",
    "Hotell Norr", "strömavbrott", "benbrott", "vattenskada", "Water damage", "Ej stöld", "Ingen skadegörelse",
    "Stöldmärkning", "Stöldskydd", "Inbrottsförebyggande", "Hot och skadegörelse", "Stöld, trafikolycka", "Gurka",
    "därifrån", "Elavbrott", "Brand", "Kontroll person/fordon", "Information", "x", "", "12", "!", "a" * 500,
    "Fråga om belysning", "Narkotikautbildning", "Efterlyst person", "Stöld/okänt", "Staff assault?",
)  # fmt: skip


@pytest.mark.parametrize("text", KNOWN)
def test_a_word_of_the_field_is_known(text: str) -> None:
    """In its inflections, in compounds, in capitals, in either form of an accent, beside others."""
    sense = sense_of(text)
    said = sense and "/".join(filter(None, sense))
    assert said == KNOWN[text]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_may_be_another_thing_is_left_to_a_person(text: str) -> None:
    """An alarm is no burglary, a hotel no threat, and of two things none is chosen."""
    assert sense_of(text) is None


def test_a_subcategory_is_one_of_its_categories() -> None:
    """The same word under another category is another, or none."""
    assert subcategory_of("Hot", ["staff"]) == subcategory_of("Hot", ["violence"]) == "threat"
    assert subcategory_of("Trasig gatlampa", ["environment"]) == "lighting"
    assert subcategory_of("Klotter", ["order"]) is None
    assert subcategory_of("Klotter", ["damage", "order"]) is None


def test_severities_and_kinds_of_place() -> None:
    """By their words, whatever number stands beside them; a number alone says nothing."""
    assert [severity_of(text) for text in ("Låg", "3 - Low", "Medel", "Mycket hög", "kritisch")] == [1, 1, 2, 3, 3]
    assert [severity_of(text) for text in ("2", "", "Gurka")] == [None, None, None]
    assert [kind_of(text) for text in ("Trapphus", "Offentlig miljö", "Butik", "semi_public")] == [
        "residential", "public", "semi_public", "semi_public",
    ]  # fmt: skip
