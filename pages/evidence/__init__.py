"""The evidence page: claims, the experiments that test them, and what their recorded results show."""
