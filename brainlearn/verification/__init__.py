"""Whether a circuit behaves identically in stock Brian2, in copies and in the mirror."""
