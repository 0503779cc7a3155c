"""The municipality's areas: the tree that an import replaces, and the copy in memory that points are placed by."""
