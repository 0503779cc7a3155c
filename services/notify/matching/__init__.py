"""Facts from the bus, queued for each subscription that wants them and may know them."""
