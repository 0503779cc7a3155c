"""Reports: what partners saw, taken in once, placed and stored; the areas it is placed in; the lägesbild made of it.

Owns the tables of `schema.sql`; publishes `reports.area.v1` (compacted), `reports.report.v1` and
`reports.publication.v1`; consumes `gateway.credential.v1` and `gateway.organisation.v1`. Read `areas`, `intake`, then
the rooms above; each by `domain`, `commands`, `routes`.
"""
