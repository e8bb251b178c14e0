"""Which detector is advised, from good images alone, and what the measure does not depend on."""

from pathlib import Path

import numpy as np
import pytest
from sheets import run
from texture_cases import cloth

from bench_images import roll
from fastdefect import io
from fastdefect.detectors.choice.advice import EVEN, LEAST_REPEAT, MOST_EVEN, VARIED, advise
from fastdefect.detectors.registry import load_detector, trainable_kinds
from fastdefect.errors import ArgumentTypeError, ArgumentValueError

# Rolls by seed and pattern: of one colour, then with what the texture model is not for.
EVEN_ROLLS = ((203, None), (7400, None), (7401, None), (7433, None))
VARIED_ROLLS = (
    *((seed, None) for seed in (7403, 7404, 7405, 7410, 9103)),
    *((seed, "stripes") for seed in (3, 4)),
    *((seed, "checks") for seed in (3, 5)),
    *((seed, "print") for seed in (3, 8, 14, 18)),
)


def crops(seed: int, patterned: str | None, count: int = 4, side: int = 192) -> list[np.ndarray]:
    fabric = roll(seed, patterned)
    return [fabric.window(1000 * i, 700 * i, side, side) for i in range(count)]


@pytest.mark.parametrize(("seed", "patterned"), EVEN_ROLLS + VARIED_ROLLS)
def test_even_and_varied_cloth_are_told_apart(seed: int, patterned: str | None) -> None:
    found = advise(crops(seed, patterned))
    assert found.kind == (EVEN if (seed, patterned) in EVEN_ROLLS else VARIED)
    varies, swings = found.variation > MOST_EVEN, found.repetition >= LEAST_REPEAT
    assert (varies or swings) == (found.kind == VARIED)
    assert f"by {100 * found.variation:.0f} %" in found.words
    assert found.words.startswith(f"{found.kind} suits: ")
    assert ("swings as that of yarns" in found.words) == swings
    assert found.images == 4


def test_both_kinds_can_be_trained() -> None:
    assert {EVEN, VARIED} <= {*trainable_kinds()}


def test_a_step_of_known_height_is_measured() -> None:
    """Squares of 30 pixels, 20 % brighter: a part inside one differs from its surroundings by half of that, or more."""
    y, x = np.indices((200, 200)) // 30 % 2
    image = (101 + 20 * (y ^ x)).astype(np.uint8)
    found = advise([image] * 4).variation
    assert 0.07 < found < 0.14


def test_light_and_colour() -> None:
    images = crops(203, None)
    plain = advise(images).variation
    darker = advise([(0.6 * image).astype(np.uint8) for image in images]).variation
    assert darker == pytest.approx(plain, rel=0.1)
    # squares of another colour and the same brightness
    y, x = np.indices((192, 192)) // 24 % 2
    change = np.array([0, -36, 72]) * (y ^ x)[:, :, None]
    coloured = [(cloth(i, (192, 192, 3)) + change).clip(0, 255).astype(np.uint8) for i in range(4)]
    assert advise(coloured).kind == VARIED
    assert advise(coloured, colour=False).kind == EVEN


def test_what_is_ignored_does_not_count_and_one_image_does_not_decide() -> None:
    images = [cloth(seed, (128, 160, 3)) for seed in range(8)]
    area = np.zeros((128, 160), bool)
    area[40:70, 50:90] = True
    marked = [image.copy() for image in images]
    for image in marked:
        image[area] = 0
    assert advise(marked).kind == VARIED
    assert advise(marked, area).kind == advise(marked, [area] * 8).kind == EVEN
    assert advise([*images[:7], marked[0]]).kind == EVEN


@pytest.mark.parametrize("side", [32, 40, 97, 1500])
def test_any_size_that_can_be_trained(side: int) -> None:
    shape = (side, 2 * side, 3)
    assert advise([cloth(seed, shape) for seed in range(2)]).kind == EVEN


def test_bad_images_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentValueError, match="parts of 9 pixels"):
        advise([cloth(0)] * 4, np.ones(cloth(0).shape[:2], bool))
    with pytest.raises(ArgumentTypeError, match=r"images\[0\]"):
        advise([cloth(0).astype(float)] * 4)


@pytest.mark.parametrize("patterned", [None, "checks"])
def test_the_command_line_says_it_and_auto_takes_it(patterned: str | None, tmp_path: Path) -> None:
    good, out = tmp_path / "good", tmp_path / "m"
    good.mkdir()
    for index, image in enumerate(crops(203, patterned, count=12, side=96)):
        io.write_image(good / f"{index // 3}_{index}.png", image)
    suits = EVEN if patterned is None else VARIED
    told = run("fit", good, "--out", out)
    assert told.exit_code == 0, told.output
    assert f"material   {suits} suits: good images" in told.stdout
    assert load_detector(out).kind == trainable_kinds()[0]
    assert ("take --detector pattern, or auto" in told.stderr) == (patterned is not None)
    chosen = run("fit", good, "--out", out, "--detector", "auto")
    assert chosen.exit_code == 0, chosen.output
    assert load_detector(out).kind == suits
    named = run("fit", good, "--out", out, "--detector", EVEN)
    assert "material" not in named.stdout
