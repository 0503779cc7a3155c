"""Publications: what those who get counts only are shown of others' reports, one for each unit of days that is over."""
