"""Reports: what partners saw, taken in once, placed and stored; the areas it is placed in; the lägesbild made of it.

Owns the tables of `schema.sql`; publishes `reports.area.v1` (compacted) and `reports.report.v1`; consumes nothing. Read
`areas`, `intake`, then the rooms above; each by `domain`, `commands`, `routes`.
"""
