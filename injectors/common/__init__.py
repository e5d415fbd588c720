"""Parts that several injectors share."""
