"""What an installation by docker compose or on a cluster needs once: its secrets, its databases and roles."""
