"""Every topic that the read model keeps, a file each: what it reads, writes, and shows to whom.

A new one is a file here and a line in this tuple; the feed, the overview, what is remembered of it and a rebuilding
follow from it.
"""

from services.gateway.readmodel.topics import (
    areas,
    findings,
    gatherings,
    organisations,
    others,
    publications,
    reports,
    subscriptions,
)

# Fields of the overview come in this order.
TOPICS = (
    areas.TOPIC,
    publications.TOPIC,
    reports.TOPIC,
    findings.TOPIC,
    gatherings.TOPIC,
    organisations.TOPIC,
    subscriptions.TOPIC,
    others.TOPIC,
)

__all__ = ["TOPICS"]
