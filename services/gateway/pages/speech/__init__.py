"""How pages speak: the languages there are and that of a request, and texts, numbers, days and codes in it."""
