"""The shapes of YAML files, as pydantic models."""
