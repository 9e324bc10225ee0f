-- What a device reported must cost no later request of anybody.
-- lives with: 10

-- Bytes of text that an upgrade's reports put into its timeline. Rows from before count from 0.
ALTER TABLE upgrades ADD COLUMN report_bytes BIGINT NOT NULL DEFAULT 0 CHECK (report_bytes >= 0);

-- Whether the same report came before. Entries that are no report have no digest.
CREATE INDEX upgrade_timeline_reports ON upgrade_timeline (upgrade_id, report) WHERE report <> '';
