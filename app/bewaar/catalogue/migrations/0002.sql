CREATE TABLE checklists (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    administration TEXT NOT NULL,
    checklist TEXT NOT NULL              -- JSON of a Checklist: what to do after one restore
);
CREATE INDEX checklists_administration ON checklists (administration);
