"""The README's first example runs as it stands, from the repository's root."""

import re

import numpy as np
import pytest
from conftest import ROOT


def test_example(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(example[1], names)  # our own file
    assert capsys.readouterr().out.startswith("True ")
    assert isinstance(names["output"], np.ndarray)
