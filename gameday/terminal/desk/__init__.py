"""The facilitator's desk: a screen with keys, on a drill that runs in a process of its own."""
