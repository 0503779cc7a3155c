"""What a list is narrowed to beside what its form has: the reports that one number of the overview is of, in words."""

from collections.abc import Callable, Mapping

from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _

_HOURS = {str(hour): f"{hour:02d}–{hour + 1:02d}" for hour in range(24)}
_BANDS = {str(band): f"{band * 2:02d}–{band * 2 + 2:02d}" for band in range(12)}
_DAYS = {str(day) for day in range(1, 8)}


def _yes_no(yes: str, no: str) -> Callable[[str], str | None]:
    return {"true": yes, "false": no}.get


def narrowed(wanted: Mapping[str, str]) -> list[str]:
    """A phrase for each; one whose value is none of ours has no words, and is refused by the service."""
    say: dict[str, Callable[[str], str | None]] = {
        "counted": _yes_no(_("those that count"), _("those that do not count")),
        "positive": _yes_no(_("positive observations"), _("problems, without positive observations")),
        "placed": _yes_no(_("in a known area"), _("without a known place")),
        "timed": _yes_no(_("with a time of day"), _("without a time of day")),
        "weekday": lambda value: saying.weekday_name(int(value) - 1) if value in _DAYS else None,
        "band": _BANDS.get,
        "hour": _HOURS.get,
        "cell": lambda value: _("in the square {code}").format(code=value),
        "incident_id": lambda _id: _("those that are counted as one with another report"),
    }
    return [words for name in SLICES if name in wanted and (words := say[name](wanted[name]))]


SLICES = ("counted", "positive", "placed", "timed", "weekday", "band", "hour", "cell", "incident_id")
