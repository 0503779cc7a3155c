"""How Samsyn is run: one machine (`local/`), a cluster (`cluster/`), and the `samsyn` command line."""
