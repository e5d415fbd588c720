"""Clients that signals and injectors share to talk to servers."""
