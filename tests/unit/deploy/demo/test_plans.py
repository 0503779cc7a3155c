"""The demo's walks and gatherings lie around the day they are made for."""

from datetime import date, datetime

from deploy.demo.partners import PARTNERS
from deploy.demo.places import PLACES
from deploy.demo.plans import gatherings, safety_walks
from deploy.demo.planted import planted

TODAY = date(2026, 7, 1)


def test_walks() -> None:
    """Walks that were walked lie in the past, planned ones ahead; the first comes before the action that it led to."""
    walks = safety_walks(TODAY)
    assert date.fromisoformat(walks[0]["walked_on"]) < planted(TODAY).action_on
    for walk in walks:
        assert (walk["status"] == "planned") == ("walked_on" not in walk)
        assert (datetime.fromisoformat(walk["planned_at"]).date() > TODAY) == (walk["status"] == "planned")
    findings = [finding for walk in walks for finding in walk["findings"]]
    assert {finding["owner"] for finding in findings} <= {partner.key for partner in PARTNERS}
    assert all("reason" in finding for finding in findings if finding["status"] == "declined")


def test_gatherings() -> None:
    """Some are over and some to come, each ends after it begins, and exactly one pair shares a time."""
    found = gatherings(TODAY)
    days = [datetime.fromisoformat(gathering["starts_at"]).date() for gathering in found]
    assert days == sorted(days)
    assert min(days) < TODAY < max(days)
    assert all(gathering["starts_at"] < gathering["ends_at"] for gathering in found)
    assert {gathering["area_code"] for gathering in found} <= {place.code for place in PLACES}
    pairs = [(a, b) for i, a in enumerate(found) for b in found[i + 1 :] if b["starts_at"] < a["ends_at"]]
    assert len(pairs) == 1
