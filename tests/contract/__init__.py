"""Promises to the outside and between the parts: message formats, APIs, tables, and the two buses."""
