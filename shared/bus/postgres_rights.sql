-- One role a service: whoever is called "walks" appends to the topics "walks.*" and sets the offsets of the group "walks".
-- It reads those, and others by policies of its own (`postgres.py`); nobody but the owner changes a table, or a row that is
-- not named here. Run by the owner at each start, so each statement may come again; once everybody read everything.

ALTER TABLE topic ENABLE ROW LEVEL SECURITY;
ALTER TABLE head ENABLE ROW LEVEL SECURITY;
ALTER TABLE log ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_offset ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS read_all ON topic;
DROP POLICY IF EXISTS read_own ON topic;
CREATE POLICY read_own ON topic FOR SELECT USING (starts_with(name, current_user || '.'));
DROP POLICY IF EXISTS make_own ON topic;
CREATE POLICY make_own ON topic FOR INSERT WITH CHECK (starts_with(name, current_user || '.'));

DROP POLICY IF EXISTS read_all ON head;
DROP POLICY IF EXISTS read_own ON head;
CREATE POLICY read_own ON head FOR SELECT USING (starts_with(topic, current_user || '.'));
DROP POLICY IF EXISTS make_own ON head;
CREATE POLICY make_own ON head FOR INSERT WITH CHECK (starts_with(topic, current_user || '.'));
DROP POLICY IF EXISTS move_own ON head;
CREATE POLICY move_own ON head FOR UPDATE USING (starts_with(topic, current_user || '.'));

DROP POLICY IF EXISTS read_all ON log;
DROP POLICY IF EXISTS read_own ON log;
CREATE POLICY read_own ON log FOR SELECT USING (starts_with(topic, current_user || '.'));
DROP POLICY IF EXISTS append_own ON log;
CREATE POLICY append_own ON log FOR INSERT WITH CHECK (starts_with(topic, current_user || '.'));
DROP POLICY IF EXISTS tidy_own ON log;
CREATE POLICY tidy_own ON log FOR DELETE USING (
    starts_with(topic, current_user || '.')
    AND EXISTS (SELECT FROM topic AS t WHERE t.name = log.topic AND (t.compacted OR t.retention_s IS NOT NULL))
);

DROP POLICY IF EXISTS own_group ON group_offset;
CREATE POLICY own_group ON group_offset USING (consumer_group = current_user);
