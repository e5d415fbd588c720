"""Schedules: when drills happen, what is due, what was skipped and why. Pure: no file, no store, no clock."""
