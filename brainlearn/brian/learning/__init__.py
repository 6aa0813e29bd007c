"""Rules at work: traces, what populations broadcast to their synapses, and changes of weights."""
