"""Use cases: what a command, a page and a scheduler share. Prints nothing."""
