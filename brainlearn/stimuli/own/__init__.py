"""The user's data: arrays from files or from Python, checked, as a labelled set of images."""
