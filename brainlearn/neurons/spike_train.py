"""A stimulus that spikes where its input says so."""

from __future__ import annotations

from brainlearn.neurons.model import NeuronModel

SPIKE_TRAIN = NeuronModel(
    name="spike_train",
    kind="stimulus",
    # One spike for each value that is set, however long it stays.
    equations="spikes_now : 1",
    threshold="spikes_now > 0.5",
    reset="spikes_now = 0",
    input="spikes_now",
    description="stimulus: every unit spikes at given times",
    source="Zenke & Vogels 2021, Neural Comput. 33:899, methods (spike trains as input)",
)
