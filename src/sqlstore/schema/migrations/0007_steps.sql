-- Orders that take a device all the way: which step of its order an upgrade is. 0: of an ordinary one.

ALTER TABLE upgrades ADD COLUMN step BIGINT NOT NULL DEFAULT 0 CHECK (step >= 0);

-- The ids of later steps lie outside of their order's range. Ordinary upgrades are not in here.
CREATE INDEX upgrades_by_step ON upgrades (order_id, id) WHERE step > 1;
