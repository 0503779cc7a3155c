"""The gateway: the one public door. Tokens and sign-in, the partners' API, the read model over all topics, the pages.

Owns the tables of `schema.sql`: who may call, and the read model; publishes `gateway.organisation.v1` (compacted);
consumes every topic. It calls the other services on behalf of a caller; nobody else calls anybody.
"""
