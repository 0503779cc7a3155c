"""The five services of Samsyn. Each owns its database, its topics and its migrations, and imports no other service."""
