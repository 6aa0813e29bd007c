"""A mirrored circuit that learns by rules: the machine of a `Simulation` in PyTorch."""
