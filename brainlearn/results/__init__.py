"""The results of a run: records, the labelled tree, its schema, the files and the run folder."""
