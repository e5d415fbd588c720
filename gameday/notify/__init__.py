"""Messages out: channels to other places, and the queue in front of each."""
