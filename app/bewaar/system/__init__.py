"""What differs per operating system, one small file per system behind one protocol each."""
