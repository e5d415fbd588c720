"""Roster, rotation, roles."""
