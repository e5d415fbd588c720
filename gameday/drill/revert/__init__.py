"""Putting back: revert and read back, by the runner, by the guardian when it is gone, by the next command."""
