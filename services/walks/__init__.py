"""Walks: safety walks through an area, what they find, who answers for it and what becomes of it.

Owns the tables of `schema.sql`, copies of areas and organisations among them; publishes what `shared.messages.walks`
holds; consumes `reports.area.v1` and `gateway.organisation.v1`. Read a room by `domain`, `commands`, `routes` in that
order.
"""
