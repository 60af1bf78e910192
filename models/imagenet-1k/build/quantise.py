"""Quantises the float32 graphs to int8.

    python quantise.py PACKAGES FP32 OUT [--images DIR]

Activations are uint8 with one range per tensor, weights int8 with one scale per output channel, in
ONNX's QuantizeLinear/DequantizeLinear form. `logits` and `embedding` stay float32. Ranges are the
extremes seen over variations of the photographs in the packages, or over the images of DIR, which
has a folder per class.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the runtime is loaded: it reports to its maker otherwise

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import TensorsData, save_tensors_data

import images
import photos
from rungs import SIZES, file_name

COUNT = 240


def calibration_images(packages: Path, folder: Path | None, sizes):
    """COUNT square images at the `sizes` in turn."""
    if folder is None:
        yield from photos.variations(packages, sizes, COUNT)
        return
    files = [file for file, _ in images.list_images(folder)]
    for i, file in enumerate(files[:: max(1, len(files) // COUNT)][:COUNT]):
        size = sizes[i % len(sizes)]
        yield images.halve_then_interpolate(images.load(file), size, size)


def quantised_nodes(model: onnx.ModelProto):
    """All nodes but those that prepare the pixels."""
    return [node for node in model.graph.node if not node.name.startswith("pixels.")]


def snap(value: float) -> np.float32:
    """`value` to three significant digits: processors differ in the last bits of what they compute,
    and the files that come out should not."""
    return np.float32(f"{value:.3g}")


def observe(model: onnx.ModelProto, batch):
    """The least and the greatest value of every tensor to quantise, as {name: (low, high)}."""
    names = ["pixels.centred", *(node.output[0] for node in quantised_nodes(model))]
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    outputs = {output.name for output in model.graph.output}
    exposed.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in outputs)
    session = onnxruntime.InferenceSession(
        exposed.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    extremes = []
    for image in batch:
        values = session.run(names, {"image": image[None]})
        extremes.append([(value.min(), value.max()) for value in values])
    low, high = np.min(extremes, 0)[:, 0], np.max(extremes, 0)[:, 1]
    return {name: (snap(a), snap(b)) for name, a, b in zip(names, low, high, strict=True)}


def quantise(source: Path, target: Path, batch):
    """Writes the int8 form of the float32 model `source`, calibrated on `batch`, to `target`."""
    model = onnx.load(source)
    ranges = TensorsData(CalibrationMethod.MinMax, observe(model, batch))
    with tempfile.TemporaryDirectory() as scratch:
        cache = Path(scratch) / "ranges.json"
        save_tensors_data(ranges, cache)
        quantize_static(
            source,
            target,
            calibration_data_reader=None,
            calibration_cache_path=cache,
            calibrate_method=CalibrationMethod.MinMax,
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_quantize=[node.name for node in quantised_nodes(model)],
            extra_options={"OpTypesToExcludeOutputQuantization": ["Gemm"]},
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="folder of the downloaded wheels")
    parser.add_argument("fp32", type=Path, help="folder of the float32 graphs")
    parser.add_argument("out", type=Path, help="folder to write to")
    parser.add_argument("--images", type=Path, help="calibrate on these images instead")
    arguments = parser.parse_args()
    for model, sizes in SIZES.items():
        quantise(
            arguments.fp32 / file_name(model, "fp32"),
            arguments.out / file_name(model, "int8"),
            calibration_images(arguments.packages, arguments.images, sizes),
        )


if __name__ == "__main__":
    main()
