"""The open-loop load: shoppers who come at a fixed rate, and what they see, measured from outside the shop."""
