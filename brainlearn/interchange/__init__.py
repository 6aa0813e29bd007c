"""Circuits and results in formats of others: NIR in both directions, spikes to Neo, npz and CSV to read elsewhere."""
