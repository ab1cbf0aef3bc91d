"""Passphrases: one to propose, and an honest guess at how strong the user's own is.

A guess is all it can be. It leans to the low side: words, names and years cost an attacker far
less than their length suggests.
"""

import re
import secrets
from math import log2

# Neither letters that look like digits nor vowels: nothing to mix up, no words by accident.
_ALPHABET = "bcdfghjkmnpqrstvwx2346789"
_GROUPS, _GROUP = 4, 5
_OURS = re.compile(rf"[{_ALPHABET}]{{{_GROUP}}}(-[{_ALPHABET}]{{{_GROUP}}}){{{_GROUPS - 1}}}")

_RUNS = re.compile(r"[^\W\d_]+|\d+|.", re.DOTALL)  # letters, digits, any other single one
_YEAR = re.compile(r"(19|20)\d\d")
_NO_WORD = re.compile(r"(?i)[b-df-hj-np-tv-xz]+")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")

_LETTER, _CAPITALS, _DIGIT, _OTHER = log2(26), 1.0, log2(10), 4.0
_WORD = 11.0  # bits: one of 2,000 words that come to mind first
_LATER = 1.0  # bits of each letter by which a word is longer than six


def generate_passphrase() -> str:
    """Return a fresh passphrase of 92 bits, in groups that are easy to read out and type."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def strength_bits(passphrase: str) -> float:
    """Return a rough estimate, in bits, of what guessing it would cost."""
    if _OURS.fullmatch(passphrase):
        return _GROUPS * _GROUP * log2(len(_ALPHABET))
    seen: set[str] = set()
    bits = 0.0
    for run in _RUNS.findall(passphrase):
        bits += 1.0 if run.lower() in seen else _bits_of_run(run)
        seen.add(run.lower())
    return bits


def _bits_of_run(run: str) -> float:
    if len(run) > 2 and _predictable(run.lower()):
        return 4.0
    if run.isdigit():
        return 7.0 if _YEAR.fullmatch(run) else _DIGIT * len(run)
    if not run.isalpha():
        return _OTHER
    capitals = 0.0 if run in {run.lower(), run.upper(), run.capitalize()} else _CAPITALS * len(run)
    if len(run) > 2 and not _NO_WORD.fullmatch(run):
        return min(_LETTER * len(run), _WORD + _LATER * max(len(run) - 6, 0)) + capitals / 2
    return _LETTER * len(run) + capitals


def _predictable(run: str) -> bool:
    """Return whether it is one character over and over, or a row of the alphabet or keyboard."""
    return len(set(run)) == 1 or any(run in row or run in row[::-1] for row in _ROWS)
