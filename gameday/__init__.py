"""Break your own staging system on purpose, practise the incident, revert everything."""

__version__ = "0.1.0"
