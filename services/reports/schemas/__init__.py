"""HTTP shapes of the reports service; a change here is an API change."""
