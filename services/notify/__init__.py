"""Tells other systems what happened: subscriptions, and signed webhooks sent until they arrive.

Owns the tables subscriptions, subscription_secrets, subscription_health, messages, deliveries, attempts, areas;
publishes notify.subscription.v1; consumes every topic of the registry.
"""
