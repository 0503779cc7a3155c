"""A real Apache Kafka on this machine, for tests and for trying the cluster's way: one broker, without Docker."""
