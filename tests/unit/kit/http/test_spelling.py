"""What is said to who wrote a name that there is none of."""

from shared.spelling import choices, nearest

NAMES = ("dry_run", "limit", "cursor", "organisation_id")


def test_the_name_that_was_meant_is_found() -> None:
    """Letters left out, added, or as another language writes them; hyphens and capitals."""
    for sent, meant in (
        ("dryrun", "dry_run"),
        ("Dry-Run", "dry_run"),
        ("limits", "limit"),
        ("organization_id", "organisation_id"),
        ("curser", "cursor"),
    ):
        assert nearest(NAMES, sent=sent) == meant


def test_what_is_like_none_is_not_guessed_at() -> None:
    """Nor what is no text, or longer than a slip: it would take long to compare."""
    for sent in ("from", "", "x" * 100_000, 7, None, ["limit"]):
        assert nearest(NAMES, sent=sent) is None


def test_all_are_listed_and_nothing_is_repeated() -> None:
    """The nearest first, as a question."""
    assert choices(NAMES, sent="limits", begin="It takes") == (
        "Did you mean limit? It takes: dry_run, limit, cursor, organisation_id."
    )
    assert "secret" not in choices(NAMES, sent="secret")
    assert choices((), sent="limit") == "There are none."


def test_what_is_called_longer_elsewhere_is_meant() -> None:
    """`area` and `area_code`, in either way; not where two names begin so."""
    assert nearest(["area_code", "status"], sent="area") == "area_code"
    assert nearest(["area", "status"], sent="area_code") == "area"
    assert nearest(["area_code", "area_name_of_it"], sent="area") is None
