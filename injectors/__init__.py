"""Injectors that come with the program, found by their entry points as any plugin is."""
