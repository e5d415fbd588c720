"""The injectors that come with the program; each is found by the same entry points as anyone's plugin."""
