"""Looking into a backup without restoring it: what it holds, and one document of it opened.

A copy that was opened lies in a private folder of Bewaar's own, can only be read, and goes when
Bewaar ends or after a day. Nothing is ever written near the books.
"""

from bewaar.peek.copies import Copies
from bewaar.peek.kinds import is_harmless, is_opened
from bewaar.peek.listing import PER_PAGE, ListedFile, ListedFolder, Listing, listing
from bewaar.peek.recent import Recent

__all__ = [
    "PER_PAGE",
    "Copies",
    "ListedFile",
    "ListedFolder",
    "Listing",
    "Recent",
    "is_harmless",
    "is_opened",
    "listing",
]
