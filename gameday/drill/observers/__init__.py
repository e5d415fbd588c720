"""What the readings of a running drill mean, said as events: one follower for each thing that is looked for."""

from gameday.drill.observers.observer_group import ObserverGroup

__all__ = ["ObserverGroup"]
