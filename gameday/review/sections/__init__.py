"""Sections of the review: events and scorecard to blocks."""
