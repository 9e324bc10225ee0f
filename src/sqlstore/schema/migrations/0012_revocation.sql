-- Whose device a push message is about, and the time of the grant under which it was written: a message
-- is sent only while that grant exists. NULL in rows of programs that do not know these columns.
-- lives with: 10

ALTER TABLE outbox ADD COLUMN open_id TEXT;
ALTER TABLE outbox ADD COLUMN granted_at BIGINT;
