"""Writes labels.json: the WordNet id and a readable, unique name of each of the models' outputs.

    python labels.py PACKAGES OUT

The models' outputs are the 1,000 ImageNet classes in the order of their WordNet ids. Names are the
first of each class's words in the lists that timm ships.
"""

import argparse
import json
import zipfile
from pathlib import Path

# Words that name two classes, or that alone would be taken for another thing.
NAMES = {
    "n01608432": "kite (bird)",
    "n02012849": "crane (bird)",
    "n02108089": "boxer (dog)",
    "n02113023": "Pembroke Welsh corgi",
    "n02113186": "Cardigan Welsh corgi",
    "n02963159": "cardigan (garment)",
    "n03126707": "crane (machine)",
    "n03710637": "maillot (tights)",
    "n03710721": "maillot (swimsuit)",
    "n03793489": "computer mouse",
}


def collect(packages: Path):
    """[{id, name}] in the order of the models' outputs."""
    (wheel,) = packages.glob("timm-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        synsets = archive.read("timm/data/_info/imagenet_synsets.txt").decode().split()
        lines = archive.read("timm/data/_info/imagenet_synset_to_lemma.txt").decode().splitlines()
    words = dict(line.split("\t") for line in lines)
    entries = [
        {"id": synset, "name": NAMES.get(synset) or words[synset].split(",")[0].strip()}
        for synset in synsets
    ]
    names = {entry["name"].lower() for entry in entries}
    if len(entries) != 1000 or len(names) != 1000 or synsets != sorted(synsets):
        raise ValueError("labels are not 1,000, not unique or not in order")
    return entries


def read(folder: Path):
    """The entries of the labels.json in `folder`."""
    return json.loads((folder / "labels.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="folder of the downloaded wheels")
    parser.add_argument("out", type=Path, help="folder to write to")
    arguments = parser.parse_args()
    lines = ",\n".join(
        f"  {json.dumps(entry, ensure_ascii=False)}" for entry in collect(arguments.packages)
    )
    (arguments.out / "labels.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
