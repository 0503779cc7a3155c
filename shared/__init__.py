"""The kit all five services stand on: parts, not a framework. It knows no service and no noun of one.

Rooms: `bus` `travel` `database` `http` `access` `privacy` `geo`, and `messages`, the facts that travel. The rest stands
alone. A room's face (`__init__`) says what it is for, and brings in nothing heavier than what everybody asks of it.
"""
