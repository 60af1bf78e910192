"""The table of the ladder's candidate rungs: every model at every size that is worth having."""

SIZES = {
    "lite0": (96, 128, 160, 192, 224),
    "lite1": (192, 240),
    "lite2": (224, 260, 300),
}
PRECISIONS = ("int8", "fp16")
REFERENCE = "lite2@300-int8"


def file_name(model: str, precision: str) -> str:
    """The ONNX file of `model` in `precision`, which all its sizes share."""
    return f"efficientnet-{model}-{precision}.onnx"


def all_rungs():
    """(id, model, size, precision) of every rung, in no particular order."""
    return [
        (f"{model}@{size}-{precision}", model, size, precision)
        for model, sizes in SIZES.items()
        for size in sizes
        for precision in PRECISIONS
    ]
