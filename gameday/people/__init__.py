"""Roster, rotation and role history. Person data stays here and out of events."""
