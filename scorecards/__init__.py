"""What the events of a drill say: measures, objectives, statistics. Pure, and without people."""
