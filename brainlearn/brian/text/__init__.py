"""The text of circuits: read, checked with Brian2's parser, fitted to populations, and as Brian2's abstract code."""
