-- A migration of a later version, for tests of rolling upgrades. It changes the tables that every
-- instance uses constantly.
-- lives with: @NEWEST@

CREATE TABLE next_words (
    word TEXT NOT NULL PRIMARY KEY,
    said BIGINT NOT NULL
) /*clustered*/;
ALTER TABLE outbox ADD COLUMN next_word TEXT NOT NULL DEFAULT '';
ALTER TABLE upgrades ADD COLUMN next_word TEXT NOT NULL DEFAULT 'none' CHECK (next_word <> '');
ALTER TABLE devices ADD COLUMN next_number BIGINT;
CREATE INDEX upgrades_by_next_word ON upgrades (next_word, id) WHERE next_word <> 'none';
