CREATE TABLE taken (                       -- files of backups that programs made themselves
    code TEXT NOT NULL,
    destination TEXT NOT NULL,
    blake3 TEXT NOT NULL,                  -- of the content: names and times change
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    backup TEXT NOT NULL,                  -- the newest that holds it; it may be gone by now
    made_at TEXT NOT NULL,                 -- of that backup
    PRIMARY KEY (code, destination, blake3)
);

CREATE TABLE vaults (
    code TEXT NOT NULL,
    destination TEXT NOT NULL,
    since TEXT NOT NULL,                   -- what was written from then on is taken in, each
    PRIMARY KEY (code, destination)
);
