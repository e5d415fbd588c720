"""The open-loop load: shoppers at a fixed rate, and what they experience, measured from outside the shop."""
