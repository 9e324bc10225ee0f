-- What a release's file says of itself: JSON, or empty when it was never looked at.

ALTER TABLE releases ADD COLUMN image TEXT NOT NULL DEFAULT '';
