-- The oldest program that can live with a migration which it does not know, by the number of its own
-- newest one. NULL: none can. docs/adr/0015-rolling-upgrades.md

ALTER TABLE migrations ADD COLUMN lives_with BIGINT;
