"""The site of the documentation: staged, its blocks executed, built by Sphinx, its links checked."""
