"""What a run leaves behind: records, the labelled tree, its schema, the files and the run folder."""
