"""Angles between what a rule does and the gradient."""
