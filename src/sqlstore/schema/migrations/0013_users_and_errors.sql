-- What limits and error messages need: how many users each app made, and why an attempt failed.
-- lives with: 10

-- Counts the rows of users by made_by, so that a limit needs no scan. A program that does not know it adds users
-- without counting them.
CREATE TABLE user_counts (
    appid TEXT   NOT NULL PRIMARY KEY,
    count BIGINT NOT NULL
) /*clustered*/;
INSERT INTO user_counts (appid, count)
SELECT made_by, COUNT(*) FROM users WHERE made_by IS NOT NULL GROUP BY made_by;

-- One word, or NULL: acknowledged, or recorded by a program that does not know it.
ALTER TABLE push_attempts ADD COLUMN error TEXT;
