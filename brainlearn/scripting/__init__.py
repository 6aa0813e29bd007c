"""What scripts and notebooks have in addition to the commands: circuits built in Python, and displays of objects."""
