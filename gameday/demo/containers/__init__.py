"""The demo in a stack's shape: each part a container of its own, as a team's staging system has them."""
