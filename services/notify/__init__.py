"""Tells other systems what happened: subscriptions, and signed webhooks sent until they arrive.

Owns the tables of `schema.sql`, copies of areas and organisations among them; publishes `notify.subscription.v1`;
consumes whatever anybody is told, and which credentials ended. Read `matching`, `deliveries`, `subscriptions`,
`webhooks` in that order.
"""
