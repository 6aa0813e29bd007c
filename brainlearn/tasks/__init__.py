"""What is shown, and what counts as right."""
