"""What lies hidden in the demo data for a lägesbild to find, and the whole of the reports up to a day."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from deploy.demo.incidents import (
    CYCLE,
    CYCLES,
    SEED,
    ZONE,
    Report,
    background,
    cycle_start,
    draw,
    numbered,
)
from deploy.demo.places import PLACES
from deploy.demo.profiles import KINDS

CLUSTER_DAYS = 8
CLUSTER_REPORTS = 18
ACTION_CYCLES_AGO = 13
JOINED_CYCLES_AGO = 30
ACTION_KEEPS_SHARE = 0.3
ACTION_AREAS = frozenset({"0161"})
ACTION_CATEGORIES = frozenset({"damage", "environment"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """The days of what was planted, all counted from the cycle that `today` lies in.

    cluster_from: many gatherings at Busstorget from here on, most of them in the last whole cycle.
    action_on: damage and faults of the physical environment in Torvalla centrum fall to 30 per cent; Körfältet is
    untouched, to compare with.
    joined_on: the second housing company begins to report, which looks like an increase where its houses stand.
    """

    cluster_from: date
    action_on: date
    joined_on: date


def planted(today: date) -> Planted:
    """Where to look in the demo data as they are on a day."""
    current = cycle_start(today)
    return Planted(
        cluster_from=current - timedelta(days=CLUSTER_DAYS),
        action_on=current - ACTION_CYCLES_AGO * CYCLE,
        joined_on=current - JOINED_CYCLES_AGO * CYCLE,
    )


def all_reports(today: date) -> list[Report]:
    """Every report that begins in the 52 cycles before the one of `today`, or in that one before `today`, by time.

    From one day to the next of a cycle only new reports come in. A new cycle moves everything planted along with it.
    """
    marks, current = planted(today), cycle_start(today)
    midnight = datetime.combine(today, time.min, tzinfo=ZONE)
    reports = [r for k in range(CYCLES, -1, -1) for r in background(current - k * CYCLE) if _happens(r, marks)]
    reports += numbered(_cluster(marks, until=current + CYCLE), prefix=f"{current:%y}{current.isocalendar().week:02}-B")
    past = (r for r in reports if (r.occurred_to or r.occurred_from) < midnight)
    return sorted(past, key=lambda r: (r.occurred_from.astimezone(UTC), r.organisation, r.external_reference))


def _happens(report: Report, marks: Planted) -> bool:
    """Whether a report of the background stays: not before its sender joined, and rarely where an action helped."""
    day = report.occurred_from.date()
    if report.organisation == "fjallglimt" and day < marks.joined_on:
        return False
    treated = report.place_code in ACTION_AREAS and report.category in ACTION_CATEGORIES
    if not treated or day < marks.action_on:
        return True
    # Decided by the report itself, so that it does not depend on how many came before it.
    return random.Random(f"{report.external_reference}{report.organisation}").random() < ACTION_KEEPS_SHARE


def _cluster(marks: Planted, *, until: date) -> list[Report]:
    """Gatherings at Busstorget after school: eighteen in the last days of the whole cycle, then about one a day."""
    choices = random.Random(SEED * 1_000_000 - marks.cluster_from.toordinal())
    gathering = next(kind for kind in KINDS if kind.subcategory == "gathering")
    busstorget = next(place for place in PLACES if place.code == "0112")
    days = [marks.cluster_from + timedelta(days=choices.randrange(CLUSTER_DAYS)) for _ in range(CLUSTER_REPORTS)]
    running = marks.cluster_from + timedelta(days=CLUSTER_DAYS)
    days += [running + timedelta(days=k) for k in range((until - running).days)]
    drawn = (draw(gathering, busstorget, day, choices) for day in days)
    return [report for report in drawn if report is not None]
