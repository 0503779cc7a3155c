"""Walks: safety walks through an area, what they find, who answers for it and what becomes of it.

Owns the tables of `schema.sql`, a copy of areas among them; publishes what `shared.messages.walks` holds; consumes
`reports.area.v1`. Read a room by `domain`, `commands`, `routes` in that order.
"""
