"""Open incidents of the team, asked before a drill and during it, because a drill must not meet one."""
