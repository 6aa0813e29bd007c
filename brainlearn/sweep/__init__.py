"""Sweeps: many runs of one experiment, computed side by side, and their results as one array with labels."""
