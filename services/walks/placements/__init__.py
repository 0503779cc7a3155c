"""Walks and their findings placed anew after the areas were drawn anew, a batch and a transaction at a time."""
