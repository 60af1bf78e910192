"""Measures how long each rung takes for one image on one thread, all rungs in turn.

    python times.py OUT.json [--rounds N]

Every round runs each rung once, in a new random order, so that what else the machine does falls on
all of them alike. Prints medians and how long a session takes to load; OUT.json keeps
{rung: median milliseconds}.
"""

import argparse
import json
from pathlib import Path
from time import perf_counter

import numpy as np

from check import MODELS, open_session
from rungs import all_rungs, file_name

WARM_UP_ROUNDS = 3


def load_sessions():
    """{file name: session}, and what each cost to load in milliseconds."""
    sessions, load_ms = {}, {}
    for _, model, _, precision in all_rungs():
        file = file_name(model, precision)
        if file not in sessions:
            start = perf_counter()
            sessions[file] = open_session(MODELS / file)
            load_ms[file] = (perf_counter() - start) * 1000
    return sessions, load_ms


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=200)
    arguments = parser.parse_args()

    sessions, load_ms = load_sessions()
    rng = np.random.default_rng(0)
    rungs = all_rungs()
    samples = {rung[0]: [] for rung in rungs}
    for round_number in range(WARM_UP_ROUNDS + arguments.rounds):
        for i in rng.permutation(len(rungs)):
            rung, model, size, precision = rungs[i]
            image = rng.integers(0, 256, (1, size, size, 3), np.uint8)
            session = sessions[file_name(model, precision)]
            start = perf_counter()
            session.run(["logits"], {"image": image})
            if round_number >= WARM_UP_ROUNDS:
                samples[rung].append((perf_counter() - start) * 1000)

    medians = {rung: round(float(np.median(values)), 3) for rung, values in samples.items()}
    for rung, median in medians.items():
        print(f"{rung:16} {median:7.2f} ms")
    for file, milliseconds in load_ms.items():
        print(f"{file:30} loaded in {milliseconds:5.0f} ms")
    arguments.out.write_text(json.dumps(medians, indent=2) + "\n")


if __name__ == "__main__":
    main()
