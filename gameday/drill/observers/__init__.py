"""Observers: the meaning of a running drill's readings, as events."""

from gameday.drill.observers.observer_group import ObserverGroup

__all__ = ["ObserverGroup"]
