"""Pure folds of events and readings, for any screen."""
