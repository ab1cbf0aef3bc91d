"""Passphrases: one to propose, and an honest guess at how strong the user's own is."""


def generate_passphrase() -> str:
    """Return a fresh passphrase of more than 80 bits that is easy to read out and type."""
    raise NotImplementedError


def strength_bits(passphrase: str) -> float:
    """Return a rough estimate, in bits, of what guessing it would cost."""
    raise NotImplementedError
