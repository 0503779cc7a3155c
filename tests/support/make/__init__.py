"""Builders of what is sent: by default something ordinary, changed by name."""
