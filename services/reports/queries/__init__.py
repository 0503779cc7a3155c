"""Everything that reads. Each query says which rows the reader may have, and which index serves it."""
