"""Rules at work: traces, what populations tell their synapses, and what becomes of weights."""
