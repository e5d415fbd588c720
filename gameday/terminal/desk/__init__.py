"""The facilitator's desk: a screen with keys for a drill in another process."""
