"""Walks and findings put right, or taken out again while nothing depends on them."""
