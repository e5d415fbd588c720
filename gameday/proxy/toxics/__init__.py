"""One toxic a file."""
