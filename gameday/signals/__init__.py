"""Probes of signals, their sampling schedule, and the evaluation of readings."""
