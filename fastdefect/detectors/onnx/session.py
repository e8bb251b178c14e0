"""ONNX Runtime, which is imported here and nowhere else."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from fastdefect.checks import short
from fastdefect.errors import ArgumentValueError, ModelFileError
from fastdefect.optional import require

# What may run a network, by our name: ONNX Runtime's.
PROVIDERS = {"cpu": "CPUExecutionProvider", "openvino": "OpenVINOExecutionProvider"}
_TYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8}


def runtime() -> Any:
    """The package onnxruntime.

    Raises
    ------
    MissingPackageError
        It is not installed.
    """
    return require("onnxruntime", "networks are run by", "onnx")


def check_provider(provider: str) -> None:
    """Refuse what is unknown or not installed."""
    found = runtime().get_available_providers()
    here = [name for name, full in PROVIDERS.items() if full in found]
    if provider not in here:
        raise ArgumentValueError(
            f"provider: expected one of {', '.join(here)} as installed here, received {provider!r}; install "
            "onnxruntime-openvino in place of onnxruntime for openvino"
        )


def open_session(network: bytes, threads: int, provider: str) -> Any:
    """Make a network ready to run.

    Its threads are as many as named: by itself the runtime takes every processor it sees, whatever a container's
    quota says. They sleep between calls, for a pool that spins keeps processors busy that nobody works on; and nodes
    run one after another.

    Raises
    ------
    MissingPackageError
        onnxruntime is not installed.
    ModelFileError
        It is no network that this onnxruntime runs.
    """
    ort = runtime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 4  # what goes wrong is raised; its printed twin says no more
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(network, options, providers=[PROVIDERS[provider]])
    except Exception as error:  # its own classes have no common base but this
        raise ModelFileError(
            f"network: expected one that onnxruntime {ort.__version__} runs, received another ({_first_line(error)}); "
            "export it again for this version, or install a newer one"
        ) from error


def input_of(session: Any) -> tuple[str, Any, list[Any]]:
    """Name, type and shape (texts and None stand for any number) of the one input.

    Raises
    ------
    ModelFileError
        It has none or several, or takes another type.
    """
    given = session.get_inputs()
    if len(given) != 1 or given[0].type not in _TYPES:
        received = ", ".join(f"{each.name} of {each.type}" for each in given) or "none"
        raise ModelFileError(
            f"network: expected one input of float32 or uint8, received {received[:200]}; export it with the image alone"
        )
    return given[0].name, _TYPES[given[0].type], list(given[0].shape)


def check_outputs(session: Any, names: list[str]) -> None:
    """Refuse a network without these outputs, or of another type than float32."""
    found = {each.name: each.type for each in session.get_outputs()}
    for name in names:
        if found.get(name) != "tensor(float)":
            raise ModelFileError(
                f"network: expected an output {name!r} of float32, received {short(found)}; name the one that is meant"
            )


def run_once(session: Any, names: list[str], name: str, given: Any) -> list[Any]:
    """Outputs for one input.

    Raises
    ------
    ModelFileError
        The network does not take such an input.
    """
    try:
        found: list[Any] = session.run(names, {name: given})
    except Exception as error:
        raise ModelFileError(
            f"network: expected one that takes {given.dtype} {given.shape}, received another ({_first_line(error)}); "
            "mend its size, layout or colour as they are written beside it"
        ) from error
    return found


def keep_for_ever(session: Any) -> None:
    """Keep a session from being ended, also when the interpreter ends."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0][:200]
