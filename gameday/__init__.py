"""Break your own staging system on purpose, practise the incident, put everything back."""

__version__ = "0.1.0"
