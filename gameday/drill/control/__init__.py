"""How other terminals of this user find a running drill, what they may ask it, and what it answers."""
