"""One image file as bytes: grey or red, green and blue, 8 bits each; nothing is converted silently."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from brainlearn.mistakes import Mistake, UserError
from brainlearn.regular_file import NotRegular, open_regular

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "PPM", "TIFF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm", ".tif", ".tiff")
MOST_PIXELS = 2**24  # of one image: 4,096 x 4,096
UPRIGHT = 1
_ORIENTATION = 0x0112  # tag of EXIF
_DAMAGED = (OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, EOFError, OverflowError, MemoryError)
_OBJECT = re.compile(r"<_io[^>]*>>?")  # as Pillow names the file that it was given
_BIT_DEPTH = {"I": 32, "F": 32}
ALLOWED = "grey or RGB, 8 bits for each value, opaque"


def read_image(path: Path) -> np.ndarray:
    """Return an image as ``(row, column)`` or ``(row, column, channel)`` array of bytes.

    Raises
    ------
    UserError
        If it is no regular file, no image, truncated, too large, or anything but `ALLOWED`.
    """
    from PIL import Image

    try:
        with open_regular(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large images: their size is looked at here
            with Image.open(file, formats=FORMATS) as image:
                if mistake := _refusal(path, image):
                    raise UserError(mistake)
                return np.array(image.convert("L") if image.mode == "1" else image, dtype=np.uint8)
    except NotRegular as error:
        raise UserError(Mistake(str(path), "no image file", str(error), "a regular file")) from error
    except (*_DAMAGED, struct.error, zlib.error, Image.DecompressionBombError) as error:
        said = _OBJECT.sub("", (str(error) or type(error).__name__).splitlines()[0]).strip()
        raise UserError(Mistake(str(path), "no readable image", said, "a complete image file")) from error


def _refusal(path: Path, image: Image) -> Mistake | None:
    columns, rows = image.size
    if rows * columns > MOST_PIXELS:
        found = f"{rows} x {columns} pixels"
        return Mistake(str(path), "too large an image", found, f"at most {MOST_PIXELS:,} pixels")
    if getattr(image, "n_frames", 1) > 1:
        return Mistake(str(path), "several images in one file", f"{image.n_frames}", "1")  # type: ignore[attr-defined]
    if (odd := _odd_kind(image)) is not None:
        hint = 'Convert it: PIL.Image.open(path).convert("RGB").save(path), or "L" for grey.'
        if odd.endswith("bits for each value"):
            hint = "Divide its values to 0 to 255 and save 8 bits, or put all images into an npz file with their range."
        return Mistake(str(path), "pixels of another kind", odd, ALLOWED, hint)
    if image.getexif().get(_ORIENTATION, UPRIGHT) != UPRIGHT:
        hint = "Turn it: PIL.ImageOps.exif_transpose(image).save(path)."
        return Mistake(str(path), "the image has a rotation tag", "an EXIF orientation", "upright pixels", hint)
    return None


def _odd_kind(image: Image) -> str | None:
    """Return in words what is special about the pixels; None if nothing is."""
    mode = image.mode
    if mode == "P":
        return "a palette of colours"
    if mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        return "an alpha channel (transparent pixels)"
    if mode.startswith("I;16"):
        return "16 bits for each value"
    if mode in _BIT_DEPTH:
        return f"{_BIT_DEPTH[mode]} bits for each value"
    return None if mode in ("1", "L", "RGB") else f"mode {mode}"
