-- The log of the one-machine bus. Offsets count up by one within (topic, partition), because a publisher takes them
-- from the row in "head" and keeps that row locked until its messages are committed.

CREATE TABLE topic (
    name        text PRIMARY KEY,
    partitions  integer NOT NULL CHECK (partitions > 0),
    compacted   boolean NOT NULL,
    retention_s bigint CHECK (retention_s > 0)  -- null keeps everything
);

CREATE TABLE head (
    topic       text NOT NULL REFERENCES topic (name) ON DELETE CASCADE,
    partition   integer NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (topic, partition)
) WITH (fillfactor = 10);  -- one update per batch: room for the new version on the same page keeps the index still

CREATE TABLE log (
    topic     text NOT NULL,
    partition integer NOT NULL,
    "offset"  bigint NOT NULL,
    key       text NOT NULL,
    headers   json NOT NULL,  -- {name: text}, or [[name, value], ...] with bytes as the characters U+0000 to U+00FF
    value     bytea NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (topic, partition, "offset")
);

CREATE TABLE group_offset (
    consumer_group text NOT NULL,
    topic          text NOT NULL,
    partition      integer NOT NULL,
    next_offset    bigint NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
) WITH (fillfactor = 10);
