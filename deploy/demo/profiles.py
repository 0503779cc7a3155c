"""When and where each kind of demo report tends to happen, and who sends it. Invented numbers, plausible shapes."""

from dataclasses import dataclass

# Weights of the local hours. A day begins at six in the morning and ends at six the next one (hours 24 to 29), so that
# a Saturday night belongs to the Saturday.
HOURS: dict[str, dict[int, float]] = {
    "school": {12: 1, 13: 2, 14: 5, 15: 7, 16: 7, 17: 5, 18: 2, 19: 1, 20: 1},
    "evening": {16: 1, 17: 2, 18: 3, 19: 4, 20: 5, 21: 5, 22: 4, 23: 3, 24: 1},
    "night": {20: 1, 21: 2, 22: 4, 23: 6, 24: 6, 25: 6, 26: 5, 27: 2, 28: 1},
    "walk": {20: 1, 21: 4, 22: 5, 23: 4, 24: 2},
    "shop": {10: 1, 11: 1, 12: 2, 13: 2, 14: 2, 15: 3, 16: 4, 17: 4, 18: 3, 19: 2},
    "day": {7: 2, 8: 4, 9: 5, 10: 5, 11: 4, 12: 3, 13: 4, 14: 4, 15: 3, 16: 2},
    "morning": {6: 4, 7: 6, 8: 5, 9: 3, 10: 2},
    "around": {6: 1, 8: 1, 12: 1, 16: 3, 17: 4, 18: 4, 19: 3, 20: 3, 21: 3, 22: 3, 23: 2, 24: 1, 28: 1, 29: 2},
}

# Monday to Sunday.
WEEK: dict[str, tuple[float, ...]] = {
    "even": (1, 1, 1, 1, 1, 1, 1),
    "school": (1.1, 1.2, 1.2, 1.2, 1.6, 0.5, 0.4),
    "work": (1.3, 1.2, 1.2, 1.2, 1.1, 0.4, 0.3),
    "weekend": (0.4, 0.4, 0.5, 0.7, 2.4, 2.6, 0.6),
    "cruising": (0.5, 0.5, 0.8, 1.2, 2.2, 1.8, 0.6),
}

# January to December.
SEASON: dict[str, tuple[float, ...]] = {
    "even": (1,) * 12,
    "summer": (0.4, 0.4, 0.6, 1.0, 1.5, 1.8, 1.6, 1.6, 1.2, 0.8, 0.5, 0.5),
    "term": (0.9, 1.0, 1.1, 1.2, 1.4, 0.8, 0.5, 1.1, 1.3, 1.1, 1.0, 0.8),
    "cruising": (0.1, 0.1, 0.3, 0.9, 2.0, 2.4, 1.9, 2.1, 1.4, 0.5, 0.2, 0.1),
    "bike": (0.2, 0.2, 0.5, 1.1, 1.6, 1.6, 1.4, 1.6, 1.7, 1.2, 0.6, 0.2),
    "dark": (1.9, 1.5, 1.0, 0.4, 0.1, 0.05, 0.1, 0.5, 1.1, 1.6, 1.9, 2.0),
    "snow": (2.8, 2.4, 2.0, 0.7, 0.05, 0, 0, 0, 0, 0.4, 1.6, 2.4),
    "growth": (0, 0, 0, 0.3, 1.6, 2.6, 2.8, 2.4, 1.6, 0.7, 0, 0),
    "new_year": (1.2, 0.3, 0.3, 0.8, 0.3, 0.3, 0.3, 0.4, 0.4, 0.8, 1.2, 1.6),
}

# How much of a kind falls on each place, by the place's code; a place that is not named gets a little of everything.
PLACES: dict[str, dict[str, float]] = {
    "centre": {"0112": 9, "0111": 5, "0113": 4, "0114": 4, "0121": 2, "0122": 1.5, "018": 1.5, "0161": 1.5, "014": 1.5},
    "youth": {"0112": 12, "0113": 3, "0121": 3, "0161": 3, "014": 2, "018": 2, "017": 2, "071": 2, "015": 1.5},
    "homes": {"014": 5, "0161": 6, "0162": 4, "015": 3.5, "017": 3, "0131": 2, "021": 2, "022": 2, "071": 2, "0122": 1},
    "roads": {"018": 6, "0121": 4, "0113": 3, "071": 3, "017": 2, "0161": 2, "022": 1.5, "0114": 1},
    "shops": {"018": 6, "0112": 4, "0111": 3, "0161": 1, "071": 1},
    "public": {"0112": 3, "0113": 3, "0121": 2, "0114": 2, "0161": 4, "014": 3, "015": 2, "0132": 1.5, "017": 1.5},
}
PLACE_BASE = 0.3

# Where an organisation works; the others work everywhere.
PRESENCE: dict[str, frozenset[str]] = {
    "granen": frozenset({"014", "015", "0161", "0131", "021"}),
    "fjallglimt": frozenset({"0162", "017", "022", "071", "0122"}),
    "norrsken": frozenset({"0111", "0112", "0113", "0114", "0121", "018", "014", "0161", "0162"}),
    "nattvandrarna": frozenset({"0111", "0112", "0113", "0114", "0121", "0161", "014"}),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One sub-category's habits. `severity`: weights of 1, 2, 3. `lasts`: moment, while, night or days."""

    category: str
    subcategory: str | None
    per_year: float
    hours: str
    week: str
    season: str
    places: str
    senders: dict[str, float]
    severity: tuple[float, float, float] = (6, 3, 1)
    lasts: str = "moment"
    only_dark: bool = False


def _by(police: float, town: float, homes: float, guards: float, walkers: float, rescue: float) -> dict[str, float]:
    """Weights of who reports; both housing companies report alike, each where it has its houses."""
    weights = (police, town, homes, homes, guards, walkers, rescue)
    keys = ("police", "municipality", "granen", "fjallglimt", "norrsken", "nattvandrarna", "rescue")
    return {key: weight for key, weight in zip(keys, weights, strict=True) if weight}


_GOOD, _MILD, _GRAVE = (1, 0, 0), (8, 2, 0), (1, 5, 4)

KINDS = (
    Kind("order", "gathering", 290, "school", "school", "term", "youth", _by(2, 3, 1, 6, 2, 0), lasts="while"),
    Kind("order", "noise", 270, "night", "weekend", "even", "homes", _by(3, 0, 6, 3, 0, 0), _MILD, "while"),
    Kind("order", "intoxication", 230, "night", "weekend", "even", "centre", _by(5, 1, 0, 5, 2, 0)),
    Kind("order", "public_drinking", 140, "evening", "even", "summer", "centre", _by(2, 2, 1, 4, 1, 0), _MILD),
    Kind("order", "harassment", 60, "evening", "weekend", "even", "centre", _by(5, 1, 0, 3, 0, 0), (3, 5, 2)),
    Kind("order", "fireworks", 40, "evening", "even", "new_year", "homes", _by(2, 2, 4, 1, 0, 1)),
    Kind("damage", "vandalism", 250, "around", "even", "even", "homes", _by(2, 3, 5, 2, 0, 0), (4, 4, 1), "night"),
    Kind("damage", "graffiti", 170, "around", "even", "summer", "public", _by(1, 5, 3, 1, 0, 0), _MILD, "days"),
    Kind("damage", "arson_small", 50, "evening", "weekend", "summer", "homes", _by(2, 0, 1, 0, 0, 6), _GRAVE),
    Kind("damage", "broken_glass", 110, "around", "weekend", "even", "public", _by(1, 4, 3, 2, 0, 0), lasts="night"),
    Kind("drugs", "suspected_dealing", 80, "evening", "even", "even", "centre", _by(6, 1, 1, 3, 0, 0), _GRAVE, "while"),
    Kind("drugs", "suspected_use", 95, "evening", "even", "even", "public", _by(5, 1, 2, 3, 1, 0), (3, 5, 2)),
    Kind("drugs", "paraphernalia", 60, "day", "work", "even", "homes", _by(0, 4, 4, 1, 0, 0)),
    Kind("violence", "assault", 95, "night", "weekend", "even", "centre", _by(8, 0, 0, 1, 0, 0), _GRAVE),
    Kind("violence", "threat", 75, "evening", "even", "even", "centre", _by(6, 1, 1, 1, 0, 0), (1, 6, 3)),
    Kind("violence", "robbery", 18, "evening", "weekend", "dark", "centre", _by(9, 0, 0, 0, 0, 0), (0, 2, 8)),
    Kind("violence", "weapon_seen", 10, "evening", "even", "even", "centre", _by(8, 0, 0, 1, 0, 0), (0, 2, 8)),
    Kind("theft", "burglary", 105, "around", "even", "even", "homes", _by(4, 0, 5, 1, 0, 0), (1, 6, 3), "night"),
    Kind("theft", "bike_theft", 230, "day", "even", "bike", "homes", _by(6, 1, 2, 0, 0, 0), _MILD, "days"),
    Kind("theft", "shoplifting", 170, "shop", "even", "even", "shops", _by(5, 0, 0, 4, 0, 0), _MILD),
    Kind("theft", "vehicle_crime", 75, "around", "even", "even", "homes", _by(6, 0, 3, 1, 0, 0), (3, 6, 1), "night"),
    Kind("traffic", "a_traktor", 140, "evening", "cruising", "cruising", "roads", _by(3, 5, 1, 2, 1, 0), lasts="while"),
    Kind("traffic", "moped", 75, "evening", "cruising", "summer", "homes", _by(2, 3, 3, 1, 0, 0), _MILD),
    Kind("traffic", "speeding", 65, "evening", "even", "even", "roads", _by(4, 4, 1, 0, 0, 0)),
    Kind("traffic", "illegal_parking", 50, "day", "work", "even", "homes", _by(0, 3, 5, 1, 0, 0), _MILD),
    Kind("environment", "lighting", 180, "around", "even", "dark", "public", _by(0, 4, 4, 1, 2, 0), only_dark=True),
    Kind("environment", "vegetation", 50, "day", "work", "growth", "public", _by(0, 5, 3, 0, 1, 0), _MILD),
    Kind("environment", "litter", 150, "day", "work", "summer", "public", _by(0, 6, 4, 0, 1, 0), _MILD),
    Kind("environment", "maintenance", 90, "day", "work", "even", "public", _by(0, 5, 4, 0, 0, 0), _MILD),
    Kind("environment", "sightlines", 35, "day", "work", "growth", "public", _by(0, 4, 2, 0, 2, 0)),
    Kind("environment", "snow_ice", 80, "morning", "work", "snow", "homes", _by(0, 6, 3, 0, 0, 1)),
    Kind("staff", "threat", 30, "day", "work", "even", "centre", _by(0, 6, 2, 2, 0, 0), _GRAVE),
    Kind("staff", "harassment", 22, "day", "work", "even", "centre", _by(0, 6, 2, 1, 0, 0), (3, 5, 2)),
    Kind("staff", "vandalism_against_staff", 7, "evening", "even", "even", "homes", _by(1, 4, 2, 1, 0, 1), _GRAVE),
    Kind("rumour", "social_media", 34, "day", "work", "term", "youth", _by(2, 6, 0, 0, 1, 0)),
    Kind("rumour", "word_of_mouth", 18, "school", "work", "term", "youth", _by(0, 5, 1, 1, 1, 0)),
    Kind("positive", "adult_presence", 150, "walk", "weekend", "even", "youth", _by(0, 1, 0, 0, 8, 0), _GOOD, "while"),
    Kind("positive", "calm", 105, "evening", "weekend", "even", "centre", _by(0, 2, 1, 4, 4, 0), _GOOD),
    Kind("positive", "successful_action", 30, "day", "work", "even", "homes", _by(0, 5, 4, 0, 0, 0), _GOOD),
    Kind("other", None, 36, "day", "even", "even", "public", _by(1, 3, 2, 1, 1, 1), _MILD),
)  # fmt: skip

# Nights of the year when more happens than the season says: (month, day) and what of it, how many times over.
FEASTS: dict[tuple[int, int], dict[str | None, float]] = {
    (12, 30): {"fireworks": 8},
    (12, 31): {"fireworks": 40, "intoxication": 3, "noise": 3, "assault": 2},
    (1, 1): {"fireworks": 10},
    (4, 30): {"public_drinking": 5, "intoxication": 4, "noise": 2, "arson_small": 4},
    (6, 13): {"gathering": 3, "public_drinking": 4, "a_traktor": 4},
}
