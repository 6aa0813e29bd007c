"""Many steps of a simulation in one compiled call, where all that happens in them can be compiled."""
