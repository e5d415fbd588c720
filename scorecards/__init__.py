"""Scorecards: what the events of a drill say, as measures, objectives and statistics. Pure, and without people."""
