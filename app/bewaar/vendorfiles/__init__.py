"""Files that other programs make as their backup: recognised, and checked as far as that goes.

What decides is what is in a file; its name only says what to expect. Nothing is guessed: of a
format that only its maker knows the answer is "unknown", with the reason.
"""

from bewaar.vendorfiles.checking import check, has_end
from bewaar.vendorfiles.series import Unit, series_of, units_in
from bewaar.vendorfiles.verdict import Verdict, Wholeness

__all__ = ["Unit", "Verdict", "Wholeness", "check", "has_end", "series_of", "units_in"]
