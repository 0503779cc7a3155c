"""The categories of what is reported: stable codes on two levels, with labels. Data, to be read by anyone.

Merged from what Swedish municipalities publish of their own lists (Kumla, Nyköping, Östersund, Socialstyrelsen).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """A main category: its code, labels, and the labels of its sub-categories by code."""

    code: str
    sv: str
    en: str
    subcategories: Mapping[str, tuple[str, str]]


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

CATEGORIES: Mapping[str, Category] = {category.code: category for category in _ALL}
