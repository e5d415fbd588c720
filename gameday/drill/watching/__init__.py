"""What the readings of a running drill mean, said as events: one follower for each thing that is looked for."""

from gameday.drill.watching.watching import ObserverGroup

__all__ = ["ObserverGroup"]
