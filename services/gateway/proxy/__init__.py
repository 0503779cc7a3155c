"""The other services' operations behind one door: the route table, what partners read of it, and the calls."""
