"""How an organisation's files are read: which column is what, its dates and words; kept by name."""
