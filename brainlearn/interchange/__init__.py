"""Circuits and results in formats of others: NIR in both directions, npz and CSV to read elsewhere."""
