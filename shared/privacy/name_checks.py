"""Which words with a capital are a person's name, and which a place, a firm or a make."""

import re

from shared.privacy.table import LISTS, TABLE, list_of

_GIVEN_NAMES, _ORDINARY = list_of("given_names"), list_of("ordinary_words")
_PLACES, _FIRMS = tuple(LISTS["places"]), LISTS["firms"]
_NO_NAMES = frozenset(line.strip() for line in TABLE["no_names"].split(","))


def not_place(found: str) -> bool:
    """Whether it does not end like the name of a street or a house."""
    return not found.lower().endswith(_PLACES)


def either_name(found: str) -> bool:
    """A common given name, or a word that ends as family names do and few names of places."""
    return given_name(found) or (not_place(found) and any(map(_FAMILY.fullmatch, re.split(r"[ -]", found))))


def _is_known(found: str) -> bool:
    """Whether it is a make, or a figure that everybody knows, and nothing else: John Deere, Kalle Ankas."""
    return not _NO_NAMES.isdisjoint((found.lower(), found.lower().removesuffix("s")))


def given_name(found: str) -> bool:
    """Whether one of its words is a common given name, and none a place."""
    return not_place(found) and any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


# What surnames end in, and no other words of a sentence do.
_SURNAMES = re.compile(
    r".{2,}(?:sson|sdotter|berg|gren|lund|ström|qvist|kvist|stedt|dahl|bäck|blom|holm|löf|lind|rud|fors|feldt|ahmad"
    r"|mann?|ek|vall|ård|ell|ius|ic|sten)s?"
)
_FAMILY = re.compile(
    r"[A-ZÅÄÖ].+(?:sson|sdotter|berg|gren|lund|ström|qvist|kvist|stedt|dahl|bäck|blom|löf|lind|feldt)s?"
)
_PATRONYMIC = re.compile(r".{2,}(?:sson|sdotter)s?")


def full_name(found: str) -> bool:
    """A common given name and a word with a capital, or any and a patronymic; with a comma the other way.

    A given name that is an ordinary word too (Jack, Per, Sten) asks for a word that ends like a surname.
    """
    first, *others = found.split()
    if first.endswith(","):
        return given_name(others[0]) and bool(_SURNAMES.fullmatch(first[:-1]))
    if not all(map(not_place, found.split())) or others[-1].lower() in _FIRMS or _is_known(found):
        return False
    if first.lower() in _ORDINARY:
        return bool(_SURNAMES.fullmatch(others[-1]))
    return given_name(first) or bool(_PATRONYMIC.fullmatch(others[-1]))


def parted_name(found: str) -> bool:
    """A given name that is no ordinary word, and a word that ends as family names do; neither is a place."""
    first, *_, last = filter(None, re.split(r"[\W_]+", found))
    both = not_place(first) and not_place(last) and bool(_FAMILY.fullmatch(last))
    return both and first.lower() in _GIVEN_NAMES - _ORDINARY


def small_name(found: str) -> bool:
    """A given name and a word that ends as family names do, in small letters."""
    given, family = filter(None, re.split(r"[\W_]+", found))
    return given in _GIVEN_NAMES - _ORDINARY and bool(_SURNAMES.fullmatch(family)) and not_place(family)
