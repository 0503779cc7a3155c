"""Who asked to be told of what, and with which secret."""
