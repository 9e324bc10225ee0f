-- Indexes that an order does not write: a time is found by the ids, which grow with it. SQLite makes a table of an IN
-- list of three words or more at each INSERT.
-- lives with: 10

DROP INDEX upgrades_ended_badly;
DROP INDEX upgrades_by_time;
CREATE INDEX upgrades_ended_badly ON upgrades (state, id)
    WHERE finished_at IS NOT NULL AND state <> 'succeeded';
