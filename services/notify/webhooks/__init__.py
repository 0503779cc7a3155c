"""What a webhook is: where it may go, how it is sealed and signed, how it is sent, and what an answer means."""
