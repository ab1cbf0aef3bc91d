"""The installer: one command for each thing a user or a developer does with a checkout."""
