"""The description of the machine: complete where the system tells, None where it does not, and light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import fastdefect
from fastdefect.perf import machine


def test_description_is_json_and_names_the_versions():
    facts = machine.describe(2)
    assert json.loads(json.dumps(facts)) == facts
    assert facts["threads"] == 2
    assert facts["processor"]
    assert facts["versions"]["numpy"]
    assert any(name.startswith("opencv") for name in facts["versions"])


def test_a_system_that_tells_nothing(monkeypatch):
    nowhere = Path("/nonexistent")
    for name in ("_CPUINFO", "_CLOCK", "_THERMAL"):
        monkeypatch.setattr(machine, name, nowhere)
    facts = machine.describe(1)
    assert facts["features"] == []
    assert (facts["megahertz"], facts["celsius"], facts["family"]) == (None, None, None)


def test_the_processor_file_is_read(monkeypatch, tmp_path):
    file = tmp_path / "cpuinfo"
    file.write_text(
        "vendor_id : X\ncpu family : 26\nmodel : 2\nmodel name : Some 9\ncpu MHz : 2450.9\n"
        "flags : fpu avx2 avx512bw\n\nmodel name : other\n"
    )
    monkeypatch.setattr(machine, "_CPUINFO", file)
    monkeypatch.setattr(machine, "_CLOCK", tmp_path / "none")
    facts = machine.describe(1)
    assert (facts["processor"], facts["family"], facts["megahertz"]) == ("Some 9", "X 26 2", 2451)
    assert facts["features"] == ["avx2", "avx512bw"]


def test_the_warmest_zone_counts(monkeypatch, tmp_path):
    for number, text in enumerate(["41000", "57500", "unreadable"]):
        zone = tmp_path / f"thermal_zone{number}"
        zone.mkdir()
        (zone / "temp").write_text(text)
    monkeypatch.setattr(machine, "_THERMAL", tmp_path)
    assert machine.celsius() == 57.5


def test_settings_of_the_package_are_told(monkeypatch):
    monkeypatch.setenv("FASTDEFECT_CPU", "avx2")
    assert machine.describe(1)["settings"]["FASTDEFECT_CPU"] == "avx2"


def test_describing_imports_nothing_heavy():
    program = (
        "import sys; from fastdefect.perf.machine import describe; describe(1); "
        "print(sorted({'numba', 'cv2', 'scipy', 'numpy'} & set(sys.modules)))"
    )
    top = Path(fastdefect.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(top)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
