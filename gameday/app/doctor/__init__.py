"""Checks of what this host and an environment can do, as findings."""
