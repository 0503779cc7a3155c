"""Tells other systems what happened: subscriptions, and signed webhooks sent until they arrive.

Owns the tables of `schema.sql`, copies of areas and organisations among them; publishes `notify.subscription.v1`;
consumes every topic of the registry. Read `matching`, `deliveries`, `subscriptions`, `webhooks` in that order.
"""
