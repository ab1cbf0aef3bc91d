"""How the data of an administration lies, one file per kind."""
