"""Image folders, and the ways to resize a picture to a rung's input."""

from pathlib import Path

import numpy as np
from PIL import Image

PHOTO_TYPES = {".jpg", ".jpeg", ".png"}


def list_images(folder: Path):
    """(file, class name) of every image of a data set with a folder per class, in a fixed order."""
    files = sorted(f for f in folder.glob("*/*") if f.suffix.lower() in PHOTO_TYPES)
    return [(file, file.parent.name) for file in files]


def load(file: Path) -> np.ndarray:
    """The picture as uint8 RGB [height, width, 3]."""
    return np.asarray(Image.open(file).convert("RGB"))


def halve(image: np.ndarray) -> np.ndarray:
    """Means of 2x2 pixels, rounded half up; an odd last row or column is dropped."""
    height, width = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
    even = image[:height, :width].astype(np.uint16)
    rows = even[0::2] + even[1::2]
    return ((rows[:, 0::2] + rows[:, 1::2] + 2) >> 2).astype(np.uint8)


def interpolate(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Bilinear interpolation between two pixels each way: centres at halves, borders repeated."""

    def neighbours(length, target):
        centre = (np.arange(target) + 0.5) * (length / target) - 0.5
        centre = np.clip(centre, 0, length - 1)
        low = centre.astype(np.intp)
        return low, np.minimum(low + 1, length - 1), (centre - low).astype(np.float32)

    top, bottom, down = neighbours(image.shape[0], height)
    left, right, across = neighbours(image.shape[1], width)
    columns = image.astype(np.float32)
    columns = columns[:, left] + (columns[:, right] - columns[:, left]) * across[None, :, None]
    rows = columns[top] + (columns[bottom] - columns[top]) * down[:, None, None]
    return (rows + 0.5).astype(np.uint8)


def halve_then_interpolate(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """Weir's own way: halve while both sides stay large enough, then interpolate."""
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        image = halve(image)
    if image.shape[:2] == (height, width):
        return image
    return interpolate(image, width, height)


def pillow(filter):
    """The function that resizes with one of Pillow's filters, which widen when they shrink."""
    return lambda image, width, height: np.asarray(
        Image.fromarray(image).resize((width, height), filter)
    )


RESIZES = {
    "halving": halve_then_interpolate,
    "two-tap": interpolate,
    "bilinear": pillow(Image.Resampling.BILINEAR),
    "area": pillow(Image.Resampling.BOX),
    "bicubic": pillow(Image.Resampling.BICUBIC),
}
