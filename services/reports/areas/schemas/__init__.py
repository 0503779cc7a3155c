"""What requests about areas hold, and what answers to them say: of the `tree`, and of `files`."""
