"""Tells other systems what happened: subscriptions, and signed webhooks sent until they arrive.

Owns the tables subscriptions, subscription_secrets, messages, deliveries and attempts, and copies of areas and
organisations; publishes `notify.subscription.v1`; consumes every topic of the registry. Read `matching`,
`deliveries`, `subscriptions`, `webhooks` in that order.
"""
