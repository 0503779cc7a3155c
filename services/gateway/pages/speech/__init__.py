"""How pages speak: the language of a request, and numbers, days, times and codes in it."""
