"""How a fact travels from one service to the others: written with the change, carried, and taken in once.

`outbox` (told in the transaction) → `relay` (to the bus, in an `envelope`) → `runner` (polls, and calls what a
`consumer` declares by `attempts`, with an `inbox` row in the same transaction). `endings`: what a consumer wrote down
of credentials that ended, for whoever makes something for one.
"""
