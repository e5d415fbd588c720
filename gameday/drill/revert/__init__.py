"""Revert and verify: by the runner, by the guardian if the runner dies, or by the next command."""
