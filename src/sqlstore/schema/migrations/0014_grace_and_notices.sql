-- When a refresh token was first used, and whether it answered once more; which version a notice tells of,
-- notices of withdrawn firmware, and which apps get them. A program that does not know these columns spends tokens
-- without a grace, and ends the announcement of a withdrawal without telling anybody.
-- lives with: 10

ALTER TABLE tokens ADD COLUMN spent_at BIGINT;
ALTER TABLE tokens ADD COLUMN repeated BIGINT NOT NULL DEFAULT 0 CHECK (repeated IN (0, 1));
-- Only in rows of notices. Notices of withdrawn firmware have the type new_firmware, and withdrawn = 1.
ALTER TABLE outbox ADD COLUMN version TEXT;
ALTER TABLE outbox ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));
ALTER TABLE apps ADD COLUMN push_withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (push_withdrawn IN (0, 1));
