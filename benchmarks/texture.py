"""Run the texture model's benchmarks and write what they print to TEXTURE.md.

python -m benchmarks.texture                     everything: half an hour on one core
python -m benchmarks.texture --only zero_shot    one part; the others keep their text

Run it from the repository's root, with the photographs of ../shared/data beside it.
"""

from __future__ import annotations

from benchmarks import sources
from benchmarks.pages import HERE, Page

PAGE = Page(
    title="The texture model, measured",
    command="python -m benchmarks.texture",
    text=HERE / "TEXTURE.md",
    printed=HERE / "texture.json",
    parts={
        "paper": ("Real paper", ["benchmarks.texture_paper"]),
        "false_alarms": ("False alarms on unseen rolls", ["benchmarks.texture_false_alarms"]),
        "domain": (
            "Frames that are no picture of the material",
            ["benchmarks.texture_domain"],
        ),
        "zero_shot": ("Without good images", ["benchmarks.texture_zero_shot"]),
        "defects": ("What it sees, and what not", ["benchmarks.texture_defects"]),
        "speed": ("Speed and memory", ["benchmarks.texture_speed", "--fit"]),
    },
    quality=sources.TEXTURE,
    speed=sources.TEXTURE_SPEED,
)

if __name__ == "__main__":
    PAGE.write(__doc__.splitlines()[0])
