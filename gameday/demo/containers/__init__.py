"""The demo as a container stack: one container for each part, as in a team's staging system."""
