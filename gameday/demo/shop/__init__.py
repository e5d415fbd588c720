"""The small shop over HTTP that a drill slows down: pages, switches, what its queries waited."""
