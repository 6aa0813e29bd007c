"""Data of one's own: arrays from files or from Python, checked, as a labelled set of images."""
