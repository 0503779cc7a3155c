"""The words of the pages, one module per page and one mapping per language, so that another language is one more."""
