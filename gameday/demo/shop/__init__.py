"""The small HTTP shop that a drill slows down: pages, switches, and how long its queries waited."""
