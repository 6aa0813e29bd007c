"""Seeded damage to files: what disks, networks and people do to them."""

from __future__ import annotations

import random


def mutated(content: bytes, other: bytes, rng: random.Random) -> bytes:
    """Return the content with bytes flipped, cut, doubled, moved, zeroed, or mixed with another file's."""
    size = len(content)
    i, j = sorted((rng.randrange(size), rng.randrange(size)))
    match rng.randrange(8):
        case 0:
            return content[:i]
        case 1:
            return content[i:]
        case 2:
            return content[:i] + bytes(j - i) + content[j:]
        case 3:
            return content[:j] + content[i:j] + content[j:]
        case 4:
            return content[:i] + content[j:]
        case 5:
            return content[:i] + other[i:]
        case _:
            damaged = bytearray(content)
            # heads and tails say how the rest is to be read: half of the damage goes there
            places = [rng.randrange(rng.choice((size, 4096))) for _ in range(rng.choice((1, 1, 3, 20)))]
            for place in places:
                place = rng.choice((place, size - 1 - place % size)) % size
                damaged[place] = rng.choice((damaged[place] ^ (1 << rng.randrange(8)), rng.randrange(256), 0, 255))
            return bytes(damaged)
