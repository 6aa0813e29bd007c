"""The published data files, and what to tell a user whose copy is another one."""

from __future__ import annotations

import hashlib
from pathlib import Path

# Items and SHA-256 of the uncompressed files: MNIST as LeCun, Cortes and Burges published it, and the binary
# version of Krizhevsky's CIFAR-10. Compressed files of the same bytes differ from program to program.
PUBLISHED: dict[str, tuple[int, str]] = {
    "train-images-idx3-ubyte": (60_000, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    "train-labels-idx1-ubyte": (60_000, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    "t10k-images-idx3-ubyte": (10_000, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    "t10k-labels-idx1-ubyte": (10_000, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    "data_batch_1.bin": (10_000, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
    "data_batch_2.bin": (10_000, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
    "data_batch_3.bin": (10_000, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
    "data_batch_4.bin": (10_000, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
    "data_batch_5.bin": (10_000, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
    "test_batch.bin": (10_000, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
}


def compare_with_published(path: Path, name: str, content: bytes | bytearray, items: int) -> tuple[str, ...]:
    """Return a note if `content` is not the published file called `name`, and nothing if it is."""
    published_items, published_checksum = PUBLISHED[name]
    if items != published_items:
        return (f"{path.name}: {items} items; the published file has {published_items}",)
    checksum = hashlib.sha256(content).hexdigest()
    if checksum == published_checksum:
        return ()
    prefixes = f"SHA-256 {checksum[:12]}..., not {published_checksum[:12]}..."
    return (f"{path.name}: checksum differs from the published one ({prefixes})",)
