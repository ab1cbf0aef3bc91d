"""The desk: Bewaar's pages, for its own window or a browser on the same computer."""

from bewaar_web.app import create_app
from bewaar_web.guard import Guard

__all__ = ["Guard", "create_app"]
