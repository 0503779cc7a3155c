"""How Samsyn is run: one machine (`local/`), a cluster (`kafka/`, the image), and the `samsyn` command line."""
