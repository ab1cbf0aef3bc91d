"""The race: Bewaar against the tools people would use instead, on the same books."""
