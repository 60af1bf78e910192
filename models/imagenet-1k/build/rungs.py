"""The table of the ladder's candidate rungs: every model at every size that is worth having."""

SIZES = {
    "lite0": (96, 128, 160, 192, 224),
    "lite1": (192, 240),
    "lite2": (224, 260, 300),
}
PRECISIONS = ("int8", "fp16")
VIEWS = ("whole", "mirror", "centre")
"""A second look at the same frame is a rung of its own, with the id of the first and its name."""
REFERENCE = "lite2@300-int8"


def file_name(model: str, precision: str) -> str:
    """The ONNX file of `model` in `precision`, which all its sizes share."""
    return f"efficientnet-{model}-{precision}.onnx"


def view_id(rung: str, view: str) -> str:
    """The id of a rung that looks at `view` where `rung` looks at the whole."""
    return rung if view == "whole" else f"{rung}-{view}"


def all_rungs():
    """(id, model, size, precision) of every rung that looks at the whole, in no particular order."""
    return [
        (f"{model}@{size}-{precision}", model, size, precision)
        for model, sizes in SIZES.items()
        for size in sizes
        for precision in PRECISIONS
    ]
