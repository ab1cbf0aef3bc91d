"""What the stages of one backup are called, where they are measured and where they are told."""

LOADING = "loading the program"
DATABASES = "looking, copying and checking the databases"
WRITING = "reading, hashing, packing, encrypting, writing"
LOOKING = "looking again: every file hashed once more"
LISTING = "the list of contents"
SYNCING = "the rest of it onto the medium (fsync)"
PROVING = "reading back, inflating, hashing, opening the databases"
