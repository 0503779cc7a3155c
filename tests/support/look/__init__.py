"""Ways to see what came of it: the bus, statements, pages as they are read."""
