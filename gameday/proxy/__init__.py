"""A Toxiproxy-compatible fault proxy, embedded in the program; it knows nothing of drills."""
