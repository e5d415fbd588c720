"""Issue trackers of a team: action items become issues there, and their state counts here."""
