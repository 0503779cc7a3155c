"""The tested picture of a cycle: counts by area and category against what they were before."""
