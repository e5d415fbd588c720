"""Message channel `slack`, both ways: the Web API posts, Socket Mode receives replies and emoji."""
