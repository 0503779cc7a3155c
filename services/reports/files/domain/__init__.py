"""What becomes of a file's bytes: rows with their lines, then columns of reports of thousands at once. Pure."""
