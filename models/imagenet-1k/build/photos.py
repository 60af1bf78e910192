"""Photographs that Python wheels ship, and variations of them to calibrate with.

The wheels are opened as archives: none of these packages needs to be installed.
"""

import bz2
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

# Where each photograph lies: distribution (as its wheel spells it), member of the archive.
PHOTOS = {
    "astronaut": ("scikit_image", "skimage/data/astronaut.png"),
    "camera": ("scikit_image", "skimage/data/camera.png"),
    "chelsea": ("scikit_image", "skimage/data/chelsea.png"),
    "clock": ("scikit_image", "skimage/data/clock_motion.png"),
    "coffee": ("scikit_image", "skimage/data/coffee.png"),
    "coins": ("scikit_image", "skimage/data/coins.png"),
    "motorcycle": ("scikit_image", "skimage/data/motorcycle_left.png"),
    "rocket": ("scikit_image", "skimage/data/rocket.jpg"),
    "china": ("scikit_learn", "sklearn/datasets/images/china.jpg"),
    "flower": ("scikit_learn", "sklearn/datasets/images/flower.jpg"),
    "grace_hopper": ("matplotlib", "matplotlib/mpl-data/sample_data/grace_hopper.jpg"),
    "raccoon": ("scipy", "scipy/misc/face.dat"),
}
RACCOON_SHAPE = (768, 1024, 3)


def read_photo(packages: Path, name: str) -> Image.Image:
    """The photograph `name` of PHOTOS, in RGB, from the wheels in the folder `packages`."""
    distribution, member = PHOTOS[name]
    (wheel,) = packages.glob(f"{distribution}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(member)
    if name == "raccoon":
        pixels = np.frombuffer(bz2.decompress(data), np.uint8)
        return Image.fromarray(pixels.reshape(RACCOON_SHAPE))
    return Image.open(io.BytesIO(data)).convert("RGB")


def vary(photo: Image.Image, size: int, rng: np.random.Generator) -> np.ndarray:
    """A random crop of `photo` as size x size uint8, under the troubles that a camera may have."""
    share = rng.uniform(0.35, 1.0)
    width = round(photo.width * share)
    height = round(photo.height * min(1.0, share * rng.uniform(0.8, 1.25)))
    left = rng.integers(photo.width - width + 1)
    top = rng.integers(photo.height - height + 1)
    crop = photo.crop((left, top, left + width, top + height))
    crop = crop.resize((size, size), Image.Resampling.BILINEAR)
    if rng.random() < 0.5:
        crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.5:
        crop = ImageEnhance.Brightness(crop).enhance(rng.uniform(0.4, 1.5))
    if rng.random() < 0.5:
        crop = ImageEnhance.Contrast(crop).enhance(rng.uniform(0.6, 1.5))
    if rng.random() < 0.5:
        crop = ImageEnhance.Color(crop).enhance(rng.uniform(0.0, 1.6))
    if rng.random() < 0.25:
        crop = crop.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 2.5)))
    pixels = np.asarray(crop)
    if rng.random() < 0.25:
        noise = rng.normal(0.0, rng.uniform(4, 20), pixels.shape)
        pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    return pixels


def variations(packages: Path, sizes, count: int):
    """`count` variations of the photographs in turn, at the `sizes` in turn, always the same."""
    photos = [read_photo(packages, name) for name in PHOTOS]
    rng = np.random.default_rng(20)
    for i in range(count):
        yield vary(photos[i % len(photos)], sizes[i // len(photos) % len(sizes)], rng)
