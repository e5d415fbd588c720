"""Use cases that a command, a page and a scheduler share. They print nothing and read no environment variable."""
