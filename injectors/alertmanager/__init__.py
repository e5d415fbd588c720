"""Silences in Alertmanager: applied, renewed and reverted as a fault is, though no scenario can name one."""
