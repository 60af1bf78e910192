"""The plain cascade: the answers of the rungs that ran are merged; confidence ends the climb."""

import numpy as np

STEPS = 50
"""Thresholds are tried at k / STEPS."""


def log_softmax(logits, temperature=1.0):
    """Log-probabilities of logits [..., classes] at a temperature."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(-1, keepdims=True)
    return scaled - np.log(np.exp(scaled).sum(-1, keepdims=True))


def merge(log_probabilities, weights):
    """The weighted mean of log-probabilities [rungs, images, classes], normalised again."""
    weights = np.asarray(weights, log_probabilities.dtype)
    return log_softmax(np.tensordot(weights / weights.sum(), log_probabilities, 1))


def climb(log_probabilities, weights):
    """(label, confidence), each [rungs, images], after each rung of a subset has been merged in."""
    labels, confidence = [], []
    for count in range(1, len(weights) + 1):
        merged = merge(log_probabilities[:count], weights[:count])
        labels.append(merged.argmax(1))
        confidence.append(np.exp(merged.max(1)))
    return np.array(labels), np.array(confidence)


def last_rung(confidence, thresholds):
    """Position of the rung on which each image ends; the last rung of the subset ends all."""
    accepted = confidence[:-1] >= np.asarray(thresholds)[:, None]
    return np.where(accepted.any(0), accepted.argmax(0), len(confidence) - 1)


def sweep(confidence, right, times):
    """What every choice of thresholds k / STEPS does: (accuracy, mean cost, share of images that
    ends on each rung). The arrays have one axis per rung but the last; that of the shares has one
    for all rungs before them."""
    choices = len(times) - 1
    cost = np.cumsum(times)
    # A confidence in bin b reaches the thresholds up to b.
    bins = np.minimum((confidence[:-1] * STEPS).astype(int), STEPS - 1)
    accuracy, shares = 0, []
    for rung in range(choices + 1):
        axes = min(rung + 1, choices)
        ending = np.zeros((2, *[STEPS] * axes))
        np.add.at(ending[0], tuple(bins[:axes]), 1)
        np.add.at(ending[1], tuple(bins[:axes]), right[rung])
        for axis in range(axes):
            sums = np.cumsum(ending, axis + 1)
            below = sums - ending
            ending = below if axis < rung else sums.take([-1], axis + 1) - below
        ending = ending.reshape(ending.shape + (1,) * (choices - axes)) / confidence.shape[1]
        accuracy = accuracy + ending[1]
        shares.append(np.broadcast_to(ending[0], [STEPS] * choices))
    return accuracy, np.tensordot(cost, shares, 1), np.array(shares)
