"""Organisations: told by the gateway itself, which keeps them elsewhere; here they only stand in everybody's feed."""

from services.gateway.readmodel.topic import Topic
from shared.messages.gateway import OrganisationChanged

TOPIC = Topic(messages=(OrganisationChanged,))
