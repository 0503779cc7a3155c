"""Everything on one machine: PostgreSQL from a wheel, a database per service, five supervised processes."""
