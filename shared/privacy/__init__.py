"""The personal-data screen that every free text passes before it is stored, with its rules in `rules.toml`.

`checks` are what must hold beside a rule's pattern; `free_text` says which fields of a body are screened.
"""

from shared.privacy.screening import NOT_IN_CODES, RULES, PersonalData, Rule, check_texts, mask, screen

__all__ = [
    "NOT_IN_CODES",
    "RULES",
    "PersonalData",
    "Rule",
    "check_texts",
    "mask",
    "screen",
]
