"""What learns, and how an epoch goes."""
