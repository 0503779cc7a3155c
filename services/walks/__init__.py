"""Walks: safety walks through an area, what they find, who answers for it and what becomes of it.

Owns the tables walks and findings and a copy of areas; publishes `walks.walk.v1` and `walks.finding.v1`; consumes
`reports.area.v1`. Read a room by `domain`, `commands`, `routes` in that order.
"""
