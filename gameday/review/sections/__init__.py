"""Sections of the review, each built from events and scorecard."""
