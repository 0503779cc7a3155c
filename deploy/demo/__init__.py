"""A municipality to look at: schematic areas, invented organisations, fictive reports. Nothing here happened."""
