"""Events: the register of public gatherings, where and when, how large, and which of them come too close.

An event is a gathering of people; in code it is called a gathering, because what travels on the bus is a message.
Owns the table gatherings and a copy of areas; publishes `events.gathering.v1`; consumes `reports.area.v1`. Read
`domain`, `commands`, `routes` in that order.
"""
