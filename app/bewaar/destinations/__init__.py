"""Where backups go, one file per kind."""
