"""One training spread over processes that ``torchrun`` starts: each simulates its share of the copies."""
