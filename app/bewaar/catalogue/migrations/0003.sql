ALTER TABLE jobs ADD COLUMN request TEXT;  -- JSON; NULL: it cannot be taken up again

CREATE TABLE attempts (                    -- backups that began by themselves, since the last good one
    code TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    latest TEXT NOT NULL
);
