"""Bookkeeping programs: how to find, name and copy the books of each, as its profile says."""

from bewaar.programs.discover import Found, find, program_for
from bewaar.programs.naming import name_of
from bewaar.programs.profile import Profile
from bewaar.programs.shelf import load

__all__ = ["Found", "Profile", "find", "load", "name_of", "program_for"]
