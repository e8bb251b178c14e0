"""A trained network as an ONNX file: nothing in it but arithmetic, the same bytes each time."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from fastdefect.detectors.learned.layout import MAP, Layout
from fastdefect.optional import require

_OPSET = 18  # the exporter's own, so that it converts nothing


def exported(network: Any, layout: Layout, channels: int) -> bytes:
    """The file of a network that takes images of any height and width that are multiples of its stride.

    Parameters
    ----------
    network : torch.nn.Module
    layout : Layout
    channels : int

    Returns
    -------
    bytes
    """
    torch = require("torch", "networks are trained by", "learn")
    for package in ("onnx", "onnxscript"):
        require(package, "networks are exported with", "learn")
    stride = layout.stride
    example = torch.zeros(1, channels, 8 * stride, 10 * stride)
    # multiples of the stride: the exporter proves what it can of sizes, and would refuse others
    rows, columns = (
        stride * torch.export.Dim(name, min=1, max=4096) for name in ("rows", "columns")
    )
    level = logging.getLogger("torch.onnx").level
    try:
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # of the exporter's own parts, which change with each release
            program = torch.onnx.export(
                network.cpu().eval(),
                (example,),
                dynamo=True,
                verbose=False,
                opset_version=_OPSET,
                external_data=False,
                input_names=["image"],
                output_names=[MAP],
                dynamic_shapes=({2: rows, 3: columns},),
            )
    finally:
        logging.getLogger("torch.onnx").setLevel(level)
    model = program.model_proto
    _strip(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _strip(model: Any) -> None:
    """Take away what tells of the exporting machine: places of source files, versions, names of functions."""
    model.ClearField("metadata_props")
    model.ClearField("doc_string")
    model.producer_version = ""
    graph = model.graph
    for message in (
        graph,
        *graph.node,
        *graph.input,
        *graph.output,
        *graph.initializer,
        *graph.value_info,
    ):
        message.ClearField("doc_string")
        message.ClearField("metadata_props")
