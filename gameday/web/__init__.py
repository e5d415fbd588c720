"""Pages of a running drill for browsers: one link per role, and STOP for everyone."""
