"""Screens and reports of the terminal."""
