"""Messages on their way to endpoints: claimed, sent, tried again on a ladder, and what came of each attempt."""
