"""What a terminal shows while a drill runs."""
