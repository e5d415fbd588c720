"""Events and readings on disk: the authority for reverts."""
