"""The embedded Toxiproxy-compatible proxy; knows nothing of drills."""
