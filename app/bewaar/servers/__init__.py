"""Database servers that hold books: asked, dumped and loaded by their own tools.

Knows no backups and no administrations; see `base` for what every kind can do.
"""
