"""Events: the register of public gatherings, where and when, how large, and which of them come too close.

An event is a gathering of people; in code it is called a gathering, because what travels on the bus is a message.
Owns the tables of `schema.sql`, a copy of areas among them; publishes `events.gathering.v1`; consumes
`reports.area.v1`. Read a room by `domain`, `commands`, `routes` in that order.
"""
