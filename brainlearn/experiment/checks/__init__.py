"""Checks of an experiment: one table of functions from settings and circuit to mistakes."""
