"""The pure rules of webhooks, one module per noun: addresses, ladder, lanes, sealing, signatures, subscriptions."""
