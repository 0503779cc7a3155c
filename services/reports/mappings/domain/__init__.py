"""The rules of a mapping, and how dates and words are read by it. Pure."""
