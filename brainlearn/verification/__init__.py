"""Whether a circuit does the same in stock Brian2, in copies and in the mirror."""
