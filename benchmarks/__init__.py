"""How fast and how large: copies in Brian2 against stock Brian2 and against libraries on PyTorch."""
