"""What can be wrong with a row of a file, as codes for programs. Pages have a sentence for each."""

from typing import Literal, TypeGuard, get_args

FaultCode = Literal[
    # Of what a field says.
    "unknown_word", "missing", "unknown_category", "unknown_subcategory", "unknown_location_kind", "not_a_severity",
    "not_a_date", "no_day", "no_such_day", "impossible_time", "skipped_time", "before_start", "not_a_coordinate",
    "not_a_point", "other_system", "unknown_area", "too_long", "reserved",
    # Of the row as a whole.
    "columns", "quotation_marks", "control_character", "broken_cell", "encoding", "adds_up",
    # Of what it is beside other rows, or beside what is kept.
    "repeated_reference", "other_mapping", "reference_rounded",
    # Notes, of rows that did not fail.
    "was_withdrawn", "was_rejected", "is_duplicate", "correction_replaced", "by_default", "masked",
    "reference_dated",
    # Of points of rows that are kept.
    "half_a_point", "point_rounded", "point_turned", "point_outside", "point_in_no_area",
]  # fmt: skip

# Of a word that means nothing: which it is helps whoever gives it a meaning.
OF_WORDS: frozenset[FaultCode] = frozenset(
    {
        "unknown_word",
        "unknown_category",
        "unknown_subcategory",
        "unknown_location_kind",
        "not_a_severity",
        "unknown_area",
    }
)


def is_fault_code(code: str) -> TypeGuard[FaultCode]:
    """Whether a refusal's code is one of a row's; rules of reports refuse with others too."""
    return code in get_args(FaultCode)
