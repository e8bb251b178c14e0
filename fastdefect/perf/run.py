"""Profile this machine: everything of one document, measured in one run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastdefect.detectors.article.engine import Engine
from fastdefect.perf import roofline
from fastdefect.perf.document import FORMAT, KIND
from fastdefect.perf.images import make
from fastdefect.perf.latency import histogram
from fastdefect.perf.machine import celsius, describe, megahertz
from fastdefect.perf.memory import peak_resident_bytes, resident_bytes
from fastdefect.perf.startup import startup
from fastdefect.perf.web_speed import Web
from fastdefect.tiling.cpu_count import available_threads


def machine_profile(
    shape: tuple[int, int],
    threads: Sequence[int],
    web: Web,
    *,
    seconds: float = 5.0,
    starts: int = 1,
    command: str = "",
    told: Callable[[str], object] = lambda what: None,
) -> dict[str, Any]:
    """Measure plans of one image shape on several numbers of threads.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image in pixels.
    threads : sequence of int
        Numbers of threads, at least one.
    web : Web
        What the image is part of.
    seconds : float
        Time to inspect images, for each number of threads.
    starts : int
        Processes to start per kind of start; 0 measures no start.
    command : str
        What to type to repeat the run.
    told : callable
        Called with what is measured next.

    Returns
    -------
    dict
        Ready for JSON; `fastdefect.perf.document` tells its fields.
    """
    image = make("cloth", shape, 3, seed=7)
    before = resident_bytes()
    clock, heat = [megahertz()], [celsius()]
    runs = []
    for count in threads:
        told(f"images on {count} thread{'s' * (count > 1)}")
        profile = Engine(shape, threads=count).profile(image, seconds=seconds)
        clock.append(megahertz())
        heat.append(celsius())
        # read before the limits are measured, whose arrays are larger than the plan
        peak = peak_resident_bytes()
        told(f"limits on {count} thread{'s' * (count > 1)}")
        runs.append(
            {
                **profile.to_json(),
                "histogram": histogram(profile.milliseconds),
                "roofs": roofline.measure(count, image.nbytes // 3).to_json(),
                "peak_bytes": peak,
            }
        )
    first_images: dict[str, Any] = {}
    if starts:
        told("starts of new processes")
        spreads = startup(starts)
        first_images = {name: spread.median for name, spread in spreads.items()}
    return {
        "kind": KIND,
        "format": FORMAT,
        "command": command,
        "machine": describe(available_threads()),
        "megahertz": clock,
        "celsius": heat,
        "shape": list(shape),
        "web": {"width_mm": web.width, "mm_per_pixel": web.resolution},
        "runs": runs,
        "memory": {"before_plan": before, "peak": runs[0]["peak_bytes"]},
        "start_ms": first_images,
    }
