"""What can be measured, sampled on time, and what readings mean."""
