CREATE TABLE backups (
    id TEXT NOT NULL,
    destination TEXT NOT NULL,
    file TEXT NOT NULL,
    made_at TEXT NOT NULL,
    size INTEGER NOT NULL,
    encrypted INTEGER NOT NULL,
    locked INTEGER NOT NULL DEFAULT 0,
    proof TEXT,                          -- JSON of a Proof; NULL: not yet read back here
    blake3 TEXT NOT NULL DEFAULT '',     -- of the archive, from its proof or its sidecar
    PRIMARY KEY (id, destination)
);
CREATE UNIQUE INDEX backups_file ON backups (destination, file);
CREATE INDEX backups_made ON backups (made_at);

CREATE TABLE contents (
    backup TEXT NOT NULL,
    destination TEXT NOT NULL,
    code TEXT NOT NULL,
    content TEXT NOT NULL,               -- JSON of a Content
    signature TEXT NOT NULL DEFAULT '',  -- of the live data the snapshot was taken from
    PRIMARY KEY (backup, destination, code),
    FOREIGN KEY (backup, destination) REFERENCES backups (id, destination) ON DELETE CASCADE
);
CREATE INDEX contents_code ON contents (code);

CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    queued_at TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,                 -- of the process: the name of the lock it holds
    job TEXT NOT NULL                    -- JSON of a Job
);
CREATE INDEX jobs_queued ON jobs (queued_at);

CREATE TABLE failures (
    job TEXT NOT NULL,
    administration TEXT NOT NULL DEFAULT '',
    failure TEXT NOT NULL,               -- JSON of a Failure
    read INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, administration)
);

CREATE TABLE observations (
    code TEXT PRIMARY KEY,
    first_seen TEXT NOT NULL,
    observation TEXT NOT NULL            -- JSON of an Observation
);

CREATE TABLE recoveries (
    number INTEGER PRIMARY KEY,
    recovery TEXT NOT NULL,              -- JSON
    read INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE facts (
    name TEXT PRIMARY KEY,               -- "snoozed_until", "reminded_at", "newest_moment"
    value TEXT NOT NULL
);

CREATE TABLE overdue_days (
    day TEXT PRIMARY KEY                 -- a local date on which something was overdue
);

CREATE TABLE proven_before (
    made_at TEXT NOT NULL                -- of a proven backup that is no longer there
);
