"""The plain way to classify a clip: every frame, always the reference model, one thread.

    python loop.py CLIP MODEL SIZE        prints one JSON object: frames, seconds, medians in milliseconds
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the runtime is loaded: it reports to its maker otherwise

import json
import statistics
import sys
import time

import cv2
import onnxruntime


def main(clip, model, size):
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    capture = cv2.VideoCapture(clip)
    labels, runs = [], []
    begun = None
    while True:
        ok, frame = capture.read()
        if not ok:
            break
        image = cv2.cvtColor(cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
        before = time.perf_counter()
        (logits,) = session.run(["logits"], {"image": image[None]})
        runs.append(time.perf_counter() - before)
        labels.append(int(logits[0].argmax()))
        begun = begun or time.perf_counter()  # the first frame warms up
    seconds = time.perf_counter() - begun
    frames = len(labels) - 1
    print(json.dumps({"frames": frames, "seconds": seconds, "runMs": statistics.median(runs[1:]) * 1000, "labels": labels}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
