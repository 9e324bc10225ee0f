-- What operators' lists look for: tags of devices, who gave an order and of which release, settings of
-- models, and an index for each selective filter. A program that does not know them adds no tags, names
-- nobody for its orders, and keeps the settings of models that it changes.
-- lives with: 10

-- Words between blanks, in order. A program that does not know device_tags leaves the rows of a device that
-- it removes: the words here decide.
ALTER TABLE devices ADD COLUMN tags TEXT NOT NULL DEFAULT '';
CREATE TABLE device_tags (
    tag TEXT NOT NULL,
    did TEXT NOT NULL,
    PRIMARY KEY (tag, did)
) /*clustered*/;
CREATE INDEX devices_by_version ON devices (version, model, did);

-- A JSON object, or empty: none.
ALTER TABLE models ADD COLUMN release_plan TEXT NOT NULL DEFAULT '';
ALTER TABLE models ADD COLUMN min_approvals BIGINT NOT NULL DEFAULT 0 CHECK (min_approvals IN (0, 1));
ALTER TABLE models ADD COLUMN mqtt_operation TEXT NOT NULL DEFAULT 'install';

-- The operator who gave an order, the release that it names, and the number of its first upgrades. NULL: an
-- order of an app, an order of what is offered to each device, not known.
ALTER TABLE orders ADD COLUMN ordered_by TEXT;
ALTER TABLE orders ADD COLUMN release_id BIGINT;
ALTER TABLE orders ADD COLUMN upgrades BIGINT;

CREATE INDEX upgrades_by_release ON upgrades (model, release_id, id);
CREATE INDEX upgrades_by_time ON upgrades (created_at, id);
-- Written only when an upgrade ends without success. The first letters tell the words of causes apart.
CREATE INDEX upgrades_by_cause ON upgrades (SUBSTR(cause, 1, 5), id) WHERE cause <> '';
CREATE INDEX upgrades_ended_badly ON upgrades (state, id) WHERE state IN ('failed', 'cancelled', 'expired');

CREATE INDEX outbox_withdrawn ON outbox (webhook_id) WHERE withdrawn = 1;
