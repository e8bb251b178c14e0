"""What a detector is, as a number: for the journal, which goes on with the same one only."""

from __future__ import annotations

import hashlib
import pickle
import tempfile
from pathlib import Path
from typing import Any

from fastdefect.detectors.detector import Detector


def detector_digest(detector: Detector) -> str:
    """SHA-256 of the file that a detector saves, or of its pickle where it saves none.

    Parameters
    ----------
    detector : Detector

    Returns
    -------
    str
    """
    save: Any = getattr(detector, "save", None)
    if save is None:
        return hashlib.sha256(pickle.dumps(detector, 4)).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        save(path)
        return hashlib.sha256(path.read_bytes()).hexdigest()
