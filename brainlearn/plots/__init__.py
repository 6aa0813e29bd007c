"""Pictures: of a result (each function takes the tree and returns a figure) and of a circuit."""
