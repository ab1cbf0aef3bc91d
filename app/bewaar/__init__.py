"""Bewaar keeps the books of small businesses safe.

This package is the engine: it knows no web page, no tray and no sentence of any language but
those in `messages`.
"""

__version__ = "0.1.0"
