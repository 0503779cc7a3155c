"""A mapping guessed from the first rows of a file, for a person to look at."""
