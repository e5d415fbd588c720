"""Events and readings on disk: the authority for undo."""
