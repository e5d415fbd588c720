"""The blameless review: draft, picture, page."""
