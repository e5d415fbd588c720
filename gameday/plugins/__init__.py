"""Protocols of plugins: injectors, and what they share with the program."""
