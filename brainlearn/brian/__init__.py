"""Circuits in Brian2: copies that share weights, rules at work, and the reference to compare with."""
