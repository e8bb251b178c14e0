"""Run the pattern model's benchmarks and write what they print to PATTERN.md.

python -m benchmarks.pattern                  everything: twenty minutes on one core
python -m benchmarks.pattern --only speed     one part; the others keep their text
"""

from __future__ import annotations

from benchmarks import sources
from benchmarks.pages import HERE, Page

PAGE = Page(
    title="The pattern model, measured",
    command="python -m benchmarks.pattern",
    text=HERE / "PATTERN.md",
    printed=HERE / "pattern.json",
    parts={
        "rolls": ("Beside the texture model, on generated cloth", ["benchmarks.pattern_rolls"]),
        "joined": ("Joined with the texture model, on cloth and on paper", ["benchmarks.joined"]),
        "advice": ("Which detector is advised, and which is better", ["benchmarks.advice"]),
        "speed": ("Speed, memory and training", ["benchmarks.pattern_speed"]),
    },
    quality=sources.PATTERN,
    speed=sources.PATTERN_SPEED,
)

if __name__ == "__main__":
    PAGE.write(__doc__.splitlines()[0])
