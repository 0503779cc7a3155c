"""The broker that tests and trials of the cluster's way start."""
