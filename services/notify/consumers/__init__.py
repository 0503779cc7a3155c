"""Work in: facts from the bus, deliveries that come due (`dispatcher`), and what came of them (`outcomes`)."""
