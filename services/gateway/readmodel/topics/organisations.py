"""Organisations: told by the gateway itself, which keeps them elsewhere; here they only stand in everybody's feed."""

from services.gateway.readmodel.seen import BY_EVERYBODY
from services.gateway.readmodel.topic import Topic, everybodys
from shared.messages.gateway import OrganisationChanged

TOPIC = Topic(messages=(OrganisationChanged,), whose=everybodys, feed=BY_EVERYBODY)
