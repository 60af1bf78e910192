"""Measures how often rungs are right on folders of labelled images.

    python check.py [--rungs ID,ID…] [--resize WAY] [--save DIR] NAME=FOLDER…

Each FOLDER holds a folder per class, named by its WordNet id. Prints top-1 in percent, one row per
rung and one column per data set. --save keeps the logits in DIR/NAME.npz for `fit.py`.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the runtime is loaded: it reports to its maker otherwise

import argparse
import multiprocessing
from pathlib import Path

import numpy as np
import onnxruntime

import images
import labels
from rungs import all_rungs, file_name

MODELS = Path(__file__).resolve().parent.parent

_sessions = {}


def open_session(file: Path) -> onnxruntime.InferenceSession:
    """A session of one thread, as Weir opens them."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def run_rungs(task):
    """The logits of all wanted rungs for one image file, [rungs, classes]."""
    file, models, rungs, resize = task
    picture = images.load(file)
    logits = []
    for _, model, size, precision in rungs:
        path = models / file_name(model, precision)
        if path not in _sessions:
            _sessions[path] = open_session(path)
        pixels = images.RESIZES[resize](picture, size, size)
        logits.append(_sessions[path].run(["logits"], {"image": pixels[None]})[0][0])
    return np.stack(logits)


def measure(models: Path, folder: Path, rungs, resize="halving", jobs=2):
    """(file names, true classes, logits [images, rungs, classes]) of one data set."""
    index = {entry["id"]: i for i, entry in enumerate(labels.read(MODELS))}
    found = images.list_images(folder)
    tasks = [(file, models, rungs, resize) for file, _ in found]
    with multiprocessing.Pool(jobs) as pool:
        logits = np.stack(pool.map(run_rungs, tasks, chunksize=16))
    names = [str(file.relative_to(folder)) for file, _ in found]
    return names, np.array([index[synset] for _, synset in found]), logits


def named_folder(argument: str):
    """NAME=FOLDER as (name, folder)."""
    name, _, folder = argument.partition("=")
    return name, Path(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("datasets", metavar="NAME=FOLDER", nargs="+", type=named_folder)
    parser.add_argument("--rungs", help="ids, separated by commas (default: all)")
    parser.add_argument("--resize", choices=images.RESIZES, default="halving")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the ONNX files")
    parser.add_argument("--save", type=Path, help="folder for the logits")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    arguments = parser.parse_args()

    rungs = all_rungs()
    if arguments.rungs:
        wanted = arguments.rungs.split(",")
        rungs = [rung for rung in rungs if rung[0] in wanted]
    ids = [rung[0] for rung in rungs]

    columns = {}
    for name, folder in arguments.datasets:
        files, truth, logits = measure(
            arguments.models, folder, rungs, arguments.resize, arguments.jobs
        )
        columns[f"{name} ({len(files)})"] = (logits.argmax(2) == truth[:, None]).mean(0) * 100
        if arguments.save:
            np.savez(
                arguments.save / f"{name}.npz", rungs=ids, files=files, truth=truth, logits=logits
            )

    print("| rung | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * len(columns))
    for i, rung in enumerate(ids):
        print(f"| {rung} | " + " | ".join(f"{top1[i]:.1f}" for top1 in columns.values()) + " |")


if __name__ == "__main__":
    main()
