"""What scripts and notebooks have beside the commands: circuits built in Python, and how objects show themselves."""
