"""Fits the ladder's defaults: what a cascade without a premodel decides by.

    python fit.py TIMES.json TRAIN.npz… [--judge TEST.npz…]

The npz files come from `check.py --save`, one per condition, and the times from `times.py`. On
the images of all TRAIN files it fits, per rung, a temperature (least cross-entropy of the rung's
own answers), a merge weight (least mean cross-entropy of the merged answers of all pairs of rungs
of the same precision) and a threshold. Writes them as `defaults` into ladder.json.

The thresholds belong to the cheapest plain cascade of 3 or 4 int8 rungs that ends with the
reference, is right at least as often as the reference alone on all images, at most a point less
often under any one condition, and lets each of its rungs end at least 2 % of the images; any other
rung's threshold is that of the cheapest cascade from it to the reference by the same rules, or 1
(never accept) if there is none. The reference's is 0. Nothing is chosen on TEST files: they are only
reported.
"""

import argparse
import itertools
import json
from pathlib import Path

import numpy as np

import ladder
from cascade import STEPS, climb, last_rung, log_softmax, merge, sweep
from check import MODELS
from rungs import PRECISIONS, REFERENCE

TEMPERATURES = np.geomspace(0.3, 3.0, 116)
LEAST_SHARE = 0.02
TOLERANCE = 0.01
ROUNDING = 1e-9
PAIR_STRIDE = 5
DESCENT_STEPS = 120
DESCENT_RATE = 1.0


class Condition:
    """The logits [rungs, images, classes] of all rungs under one condition, and the truth."""

    def __init__(self, file):
        data = np.load(file)
        self.name = file.stem
        self.rungs = [str(rung) for rung in data["rungs"]]
        self.truth = data["truth"]
        self.logits = data["logits"].swapaxes(0, 1)

    def calibrated(self, temperatures):
        """Log-probabilities [rungs, images, classes] at each rung's temperature."""
        return np.stack(
            [log_softmax(z, temperatures[r]) for r, z in zip(self.rungs, self.logits, strict=True)]
        )


def cross_entropy(log_probabilities, truth):
    """Mean cross-entropy of log-probabilities [images, classes]."""
    return -log_probabilities[np.arange(len(truth)), truth].mean()


def fit_temperature(logits, truth):
    """The temperature at which one rung's answers have the least cross-entropy."""
    losses = [cross_entropy(log_softmax(logits, t), truth) for t in TEMPERATURES]
    return round(float(TEMPERATURES[np.argmin(losses)]), 3)


def fit_weights(log_probabilities, truth):
    """Weights at which the merged answers of all pairs of rungs have the least mean cross-entropy,
    by gradient descent on their logarithms; the last rung's is 1."""
    rungs, images = log_probabilities.shape[:2]
    at_truth = log_probabilities[:, np.arange(images), truth]
    logs = np.zeros(rungs)
    for _ in range(DESCENT_STEPS):
        weights = np.exp(logs)
        gradient = np.zeros(rungs)
        for a, b in itertools.combinations(range(rungs), 2):
            share = weights[a] / (weights[a] + weights[b])
            merged = np.exp(merge(log_probabilities[[a, b]], [share, 1 - share]))
            expected = (merged * (log_probabilities[a] - log_probabilities[b])).sum(1)
            slope = (expected - at_truth[a] + at_truth[b]).mean() * share * (1 - share)
            gradient[a] += slope
            gradient[b] -= slope
        logs -= DESCENT_RATE * gradient
    return [round(float(weight), 3) for weight in np.exp(logs - logs[-1])]


class Fit:
    """The training conditions, and what has been fitted to them."""

    def __init__(self, conditions, times):
        self.times = times
        self.rungs = conditions[0].rungs
        truth = np.concatenate([c.truth for c in conditions])
        logits = np.concatenate([c.logits for c in conditions], 1)
        self.temperatures = {
            rung: fit_temperature(logits[i], truth) for i, rung in enumerate(self.rungs)
        }
        self.truths = [c.truth for c in conditions]
        self.answers = [c.calibrated(self.temperatures) for c in conditions]
        self.weights = {}
        for precision in PRECISIONS:
            rows = [i for i, rung in enumerate(self.rungs) if rung.endswith(precision)]
            some = np.concatenate(self.answers, 1)[rows, ::PAIR_STRIDE]
            fitted = fit_weights(some, truth[::PAIR_STRIDE])
            self.weights |= {self.rungs[i]: w for i, w in zip(rows, fitted, strict=True)}

    def climb(self, subset, answers):
        """`cascade.climb` of a subset over log-probabilities of all rungs."""
        rows = [self.rungs.index(rung) for rung in subset]
        return climb(answers[rows], [self.weights[rung] for rung in subset])

    def thresholds(self, subset):
        """(mean cost, thresholds) of the cheapest allowed cascade over `subset`."""
        times = [self.times[rung] for rung in subset]
        reference = self.rungs.index(REFERENCE)
        images = sum(map(len, self.truths))
        allowed, gain, cost, shares = True, 0, 0, 0
        for truth, answers in zip(self.truths, self.answers, strict=True):
            labels, confidence = self.climb(subset, answers)
            swept = sweep(confidence, labels == truth, times)
            gain_here = swept[0] - (answers[reference].argmax(1) == truth).mean()
            allowed &= gain_here >= -TOLERANCE
            weight = len(truth) / images
            gain = gain + gain_here * weight
            cost = cost + swept[1] * weight
            shares = shares + swept[2] * weight
        allowed &= (gain >= -ROUNDING) & (shares.min(0) >= LEAST_SHARE)
        cost = np.where(allowed, cost, np.inf)
        if np.isinf(cost.min()):
            return np.inf, [1.0] * cost.ndim
        best = np.unravel_index(cost.argmin(), cost.shape)
        return cost[best], [float(k) / STEPS for k in best]

    def choose_subset(self):
        """(subset, thresholds) of the cheapest allowed cascade of 3 or 4 int8 rungs."""
        lower = [rung for rung in self.rungs if rung.endswith("int8") and rung != REFERENCE]
        lower.sort(key=self.times.get)
        subsets = [
            [*chosen, REFERENCE] for n in (2, 3) for chosen in itertools.combinations(lower, n)
        ]
        fits = {tuple(subset): self.thresholds(subset) for subset in subsets}
        best = min(fits, key=lambda subset: fits[subset][0])
        return list(best), fits[best][1]

    def report(self, subset, thresholds, condition):
        """One line about a cascade against the reference under one condition."""
        answers = condition.calibrated(self.temperatures)
        labels, confidence = self.climb(subset, answers)
        ends = last_rung(confidence, thresholds)
        right = labels[ends, np.arange(len(ends))] == condition.truth
        reference = answers[self.rungs.index(REFERENCE)].argmax(1) == condition.truth
        cost = np.cumsum([self.times[rung] for rung in subset])[ends].mean()
        shares = np.bincount(ends, minlength=len(subset)) / len(ends)
        return (
            f"{condition.name:12} top-1 {right.mean() * 100:.1f}, reference"
            f" {reference.mean() * 100:.1f}; {cost:.2f} ms, {self.times[REFERENCE] / cost:.2f}"
            f" times less; ends {' '.join(f'{share:.2f}' for share in shares)}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("times", type=Path)
    parser.add_argument("train", type=Path, nargs="+")
    parser.add_argument("--judge", type=Path, nargs="+", default=[])
    arguments = parser.parse_args()

    train = [Condition(file) for file in arguments.train]
    fit = Fit(train, json.loads(arguments.times.read_text()))
    subset, cascade_thresholds = fit.choose_subset()
    thresholds = dict(zip(subset, [*cascade_thresholds, 0.0], strict=True))
    for rung in fit.rungs:
        if rung not in subset:
            thresholds[rung] = fit.thresholds([rung, REFERENCE])[1][0]

    fitted = ladder.read(MODELS)
    for rung in fitted["rungs"]:
        whole = rung["id"].removesuffix(f"-{rung.get('view')}")
        rung["defaults"] = {
            "temperature": fit.temperatures[whole],
            "threshold": thresholds[whole],
            "mergeWeight": fit.weights[whole],
        }
        print(f"{rung['id']:16}", rung["defaults"])
    ladder.write(MODELS, fitted)

    print("\ncascade", " → ".join(subset), "at", cascade_thresholds)
    for condition in [*train, *map(Condition, arguments.judge)]:
        print(fit.report(subset, cascade_thresholds, condition))


if __name__ == "__main__":
    main()
