"""What the readings of a running drill mean, said as events: one follower for each thing that is looked for."""

from gameday.drill.watching.watching import Watching

__all__ = ["Watching"]
