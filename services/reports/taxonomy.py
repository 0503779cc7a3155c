"""The categories of what is reported: stable codes on two levels, with labels. Data, to be read by anyone.

Merged from what Swedish municipalities publish of their own lists (Kumla, Nyköping, Östersund, Socialstyrelsen).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.errors import FieldError, Invalid
from shared.spelling import choices


@dataclass(frozen=True, slots=True)
class Category:
    """A main category: its code, labels, and the labels of its sub-categories by code."""

    code: str
    sv: str
    en: str
    subcategories: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Retired:
    """A code that went out of use: its labels, its first and last day (None: from the beginning), what it is now."""

    sv: str
    en: str
    valid_from: date | None
    valid_to: date
    category: str
    subcategory: str | None


_ALL = (
    Category("order", "Ordningsstörning", "Disorder", {
        "gathering": ("Störande samling", "Disturbing gathering"),
        "noise": ("Buller", "Noise"),
        "intoxication": ("Berusning", "Intoxication"),
        "public_drinking": ("Alkohol på allmän plats", "Drinking in public"),
        "harassment": ("Ofredande", "Harassment"),
        "fireworks": ("Fyrverkerier", "Fireworks"),
    }),
    Category("damage", "Skadegörelse", "Damage", {
        "vandalism": ("Förstörelse", "Vandalism"),
        "graffiti": ("Klotter", "Graffiti"),
        "arson_small": ("Mindre anlagd brand", "Small arson"),
        "broken_glass": ("Krossat glas", "Broken glass"),
    }),
    Category("drugs", "Misstänkt narkotika", "Suspected drugs", {
        "suspected_dealing": ("Misstänkt försäljning", "Suspected dealing"),
        "suspected_use": ("Misstänkt bruk", "Suspected use"),
        "paraphernalia": ("Kringutrustning", "Paraphernalia"),
    }),
    Category("violence", "Våld och hot", "Violence and threats", {
        "assault": ("Misshandel", "Assault"),
        "threat": ("Hot", "Threat"),
        "robbery": ("Rån", "Robbery"),
        "weapon_seen": ("Vapen sett", "Weapon seen"),
    }),
    Category("theft", "Stöld och inbrott", "Theft and burglary", {
        "burglary": ("Inbrott", "Burglary"),
        "bike_theft": ("Cykelstöld", "Bicycle theft"),
        "shoplifting": ("Butiksstöld", "Shoplifting"),
        "vehicle_crime": ("Fordonsbrott", "Vehicle crime"),
    }),
    Category("traffic", "Trafik", "Traffic", {
        "a_traktor": ("A-traktor", "A-tractor"),
        "moped": ("Moped", "Moped"),
        "speeding": ("Höga hastigheter", "Speeding"),
        "illegal_parking": ("Felparkering", "Illegal parking"),
    }),
    Category("environment", "Fysisk miljö", "Physical environment", {
        "lighting": ("Belysning", "Lighting"),
        "vegetation": ("Växtlighet", "Vegetation"),
        "litter": ("Nedskräpning", "Litter"),
        "maintenance": ("Underhåll", "Maintenance"),
        "sightlines": ("Skymd sikt", "Blocked sight lines"),
        "snow_ice": ("Snö och is", "Snow and ice"),
    }),
    Category("staff", "Hot mot personal", "Against staff", {
        "threat": ("Hot", "Threat"),
        "harassment": ("Trakasserier", "Harassment"),
        "vandalism_against_staff": ("Skadegörelse mot personal", "Damage aimed at staff"),
    }),
    Category("rumour", "Oro och ryktesspridning", "Worry and rumour", {
        "social_media": ("Sociala medier", "Social media"),
        "word_of_mouth": ("Muntligt", "Word of mouth"),
    }),
    Category("positive", "Positiv iakttagelse", "Positive observation", {
        "adult_presence": ("Vuxennärvaro", "Adult presence"),
        "calm": ("Lugnt", "Calm"),
        "successful_action": ("Lyckad åtgärd", "Successful action"),
    }),
    Category("other", "Övrigt", "Other", {}),
)  # fmt: skip

# What is good is counted apart from problems.
POSITIVE = "positive"
CATEGORIES: Mapping[str, Category] = {category.code: category for category in _ALL}

_MERGED = date(2025, 12, 31)
# Codes of the lists that this one was merged from, and of its own first drafts. A row here is never removed: files of
# those years are still sent.
RETIRED: Mapping[tuple[str, str | None], Retired] = {
    ("youth", None): Retired("Ungdomssamling", "Youth gathering", None, _MERGED, "order", "gathering"),
    ("litter", None): Retired("Nedskräpning", "Litter", None, _MERGED, "environment", "litter"),
    ("dark_place", None): Retired("Mörk plats", "Dark place", None, _MERGED, "environment", "lighting"),
    ("traffic", "epa"): Retired("EPA-traktor", "EPA tractor", None, _MERGED, "traffic", "a_traktor"),
    ("drugs", "needles"): Retired("Kanyler", "Needles", None, _MERGED, "drugs", "paraphernalia"),
}
RETIRED_MAIN = frozenset(category for category, subcategory in RETIRED if subcategory is None)


def is_category(code: object) -> bool:
    """Whether there is or was a main category of this code."""
    return code in CATEGORIES or code in RETIRED_MAIN


def is_subcategory(category: str, code: str) -> bool:
    """Whether there is or was a sub-category of this code under that category."""
    return (category in CATEGORIES and code in CATEGORIES[category].subcategories) or (category, code) in RETIRED


def check_asked(category: str | None, subcategory: str | None) -> None:
    """Raise Invalid for a filter by codes that there never were: it would find nothing, as if all were well."""
    mains = [*CATEGORIES, *RETIRED_MAIN] if category is None else [category]
    if category is not None and not is_category(category):
        fault = FieldError("category", "unknown_category", choices(CATEGORIES, sent=category))
    elif subcategory is not None and not any(is_subcategory(each, subcategory) for each in mains):
        fits = sorted({sub for each in mains if each in CATEGORIES for sub in CATEGORIES[each].subcategories})
        fault = FieldError("subcategory", "unknown_subcategory", choices(fits, sent=subcategory))
    else:
        return
    raise Invalid("A filter names a category that there is none of.", errors=(fault,))


def in_force(category: str, subcategory: str | None, *, on: date) -> tuple[str, str | None]:
    """The codes that hold on a day for what is or was called so: the same, or what took their place before that day."""
    retired = RETIRED.get((category, subcategory))
    if retired is None or on <= retired.valid_to:
        return category, subcategory
    return in_force(retired.category, retired.subcategory, on=on)


def today_called(category: str) -> str:
    """The main category that a code of any time belongs to now, so that years can be compared."""
    retired = RETIRED.get((category, None))
    return category if retired is None else today_called(retired.category)


def also_called(category: str, subcategory: str | None) -> frozenset[tuple[str, str | None]]:
    """The retired codes that these took the place of: reports of their days are kept under them.

    Without a sub-category also those that became one of its sub-categories.
    """
    return frozenset(
        (old, old_sub)
        for old, old_sub in RETIRED
        for now, now_sub in [in_force(old, old_sub, on=date.max)]
        if (old, old_sub) != (category, subcategory) and now == category and subcategory in (None, now_sub)
    )
