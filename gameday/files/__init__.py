"""YAML in, model out; every problem with file:line:column."""
