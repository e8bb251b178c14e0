"""Training sets with images that do not belong: named, refused where the threshold would be theirs alone; repeats."""

from __future__ import annotations

import copy
import pickle
import shlex
import warnings
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from sheets import kind, run
from texture_cases import SHAPE, cloth, spoiled

from fastdefect import TextureModel, read_image, write_image
from fastdefect.calibration import Judgement, calibrate, check_odd
from fastdefect.calibration.threshold import fit_tail
from fastdefect.errors import ArgumentValueError, OddImagesError, OddImagesWarning


@pytest.fixture(scope="module")
def good() -> list[np.ndarray]:
    return [cloth(seed) for seed in range(24)]


# image, and a word of what is said of it
ODD: dict[str, tuple[Callable[[], np.ndarray], str]] = {
    "defect": (lambda: spoiled(cloth(60)), "score"),
    "hole": (lambda: _with_hole(cloth(61)), "score"),
    "black": (lambda: np.zeros(SHAPE, np.uint8), "score 0, "),
    "white": (lambda: np.full(SHAPE, 255, np.uint8), "score 0, "),
    "blurred": (lambda: cv2.GaussianBlur(cloth(62), (0, 0), 3), "distance of the whole image"),
    "overexposed": (lambda: np.minimum(3.0 * cloth(63), 255).astype(np.uint8), "distance"),
    "another dye": (lambda: np.ascontiguousarray(cloth(64)[:, :, ::-1]), "distance"),
}


def _with_hole(img: np.ndarray) -> np.ndarray:
    img[20:60, 20:70] = 5
    return img


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("place", [0, 11, 24])
def test_one_odd_image_is_named_and_refused(name: str, place: int, good: list[np.ndarray]) -> None:
    make, words = ODD[name]
    images = [*good[:place], make(), *good[place:]]
    model = TextureModel(window=63)
    with pytest.raises(OddImagesError, match="theirs alone") as found:
        model.fit(images)
    assert found.value.images == (place,)
    assert f"images[{place}] (" in str(found.value)
    assert words in str(found.value)
    assert not model.is_finished
    again = pickle.loads(pickle.dumps(found.value))
    assert (str(again), again.images) == (str(found.value), (place,))


def test_places_are_those_of_what_was_given(good: list[np.ndarray]) -> None:
    with pytest.raises(OddImagesError, match=r"images\[27\]") as found, pytest.warns():
        TextureModel(window=63).fit([*good, good[1], good[0], good[1], spoiled(cloth(60))])
    assert found.value.images == (27,)


def test_both_sides_are_named_at_once(good: list[np.ndarray]) -> None:
    images = [np.zeros(SHAPE, np.uint8), *good, spoiled(cloth(60))]
    with pytest.raises(OddImagesError) as found:
        TextureModel(window=63).fit(images)
    assert found.value.images == (0, 25)


def test_what_does_not_decide_the_threshold_is_a_warning() -> None:
    """Of 400 scores two are far above: at 1 % they stand beyond the threshold and do not move it."""
    random = np.random.default_rng(0)
    scores = np.concatenate([random.gumbel(1.0, 0.1, 398), [9.0, 12.0]])
    with pytest.warns(OddImagesWarning, match=r"scores\[398\].*scores\[399\]") as told:
        found = calibrate(scores, range(400), 0.05)
    assert told[0].message.images == (398, 399)
    assert found.threshold < 2.0


@pytest.mark.parametrize("count", [8, 24, 100, 400])
@pytest.mark.parametrize("spread", [0.05, 0.1, 0.15])
def test_good_sets_are_never_refused_and_rarely_complained_about(count: int, spread: float) -> None:
    """Logarithms of good scores of real paper and textures have such spreads."""
    random = np.random.default_rng(count)
    said = 0
    for _ in range(20):
        scores = np.exp(random.gumbel(0.0, spread, count))
        level = fit_tail(np.log(scores)).level(0.01)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            check_odd(
                [Judgement("score", scores, None, True)], dict.fromkeys(range(count), ""), level
            )
        said += len(caught)
    assert said <= 1


def test_a_good_training_is_silent(good: list[np.ndarray]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TextureModel(window=63).fit(good, groups=[i // 4 for i in range(24)])


def test_repeats_count_once(good: list[np.ndarray]) -> None:
    alone = TextureModel(window=63).fit(good)
    with pytest.warns(OddImagesWarning, match=r"images\[24\] repeats images\[3\]") as told:
        twice = TextureModel(window=63).fit([*good, good[3].copy(), good[3], good[9]])
    assert told[0].message.images == (24, 25, 26)
    assert twice.calibration == alone.calibration
    assert twice.calibration.images == 24
    np.testing.assert_array_equal(twice.domain.frame, alone.domain.frame)


def test_repeats_keep_groups_and_areas_of_the_first(good: list[np.ndarray]) -> None:
    ignore = np.zeros(SHAPE[:2], bool)
    ignore[30:62, 50:80] = True
    groups = [i // 4 for i in range(24)]
    alone = TextureModel(window=63).fit(good, groups, [ignore] * 24)
    with pytest.warns(OddImagesWarning):
        twice = TextureModel(window=63).fit(
            [good[0], *good], [0, *groups], [ignore, None, *[ignore] * 23]
        )
    assert twice.calibration == alone.calibration


def test_too_few_different_images_are_refused(good: list[np.ndarray]) -> None:
    for images in ([*good[:3], good[0]], [good[0], good[1]] * 3):
        with pytest.raises(ArgumentValueError, match="at least 4 different good images"):
            TextureModel(window=63).fit(images)
    repeated = [*good[:4], *good[:4]]
    with pytest.raises(ArgumentValueError, match="two different groups"), pytest.warns():
        TextureModel(window=63).fit(repeated, groups=[0] * 4 + [1] * 4)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = kind(tmp_path_factory.mktemp("odd") / "some cloth")
    bad = read_image(folder / "train" / "good" / "00_0.png")
    bad[30:50, 40:60] //= 4
    write_image(folder / "train" / "good" / "00_9.png", bad)
    return folder


def printed_command(errors: str) -> str:
    """What follows the name of the program."""
    (line,) = [line for line in errors.splitlines() if line.startswith("To leave them out: ")]
    return line.removeprefix("To leave them out: ").split(" ", 1)[1]


def test_the_command_line_prints_the_command_that_leaves_it_out(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "m.model"
    refused = run("fit", data, "--out", out, "--false-alarms", "2%", "--grey")
    assert refused.exit_code == 2
    assert "00_9.png" in refused.stderr
    assert not out.exists()
    command = printed_command(refused.stderr)
    assert command.startswith("fit ")
    assert command.endswith("--leave-out train/good/00_9.png")
    for name in ("train/good/00_9.png", "00_9.png", str(data / "train" / "good" / "00_9.png")):
        done = run("fit", data, "--out", out, "--false-alarms", "2%", "--grey", "--leave-out", name)
        assert done.exit_code == 0, done.output
        assert "12 good ones" in done.stdout
    unknown = run("fit", data, "--out", out, "--leave-out", "7.png")
    assert unknown.exit_code == 2
    assert "--leave-out" in unknown.stderr


def test_the_printed_command_runs(data: Path, tmp_path: Path) -> None:
    refused = run("fit", data, "--out", tmp_path / "m.model", "--grey")
    assert run(*shlex.split(printed_command(refused.stderr))).exit_code == 0


def test_the_command_line_names_repeats(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "good"
    folder.mkdir()
    for path in sorted((data / "train" / "good").glob("0[1-4]_*.png")):
        write_image(folder / path.name, read_image(path))
    write_image(folder / "09_0.png", read_image(folder / "01_0.png"))
    done = run("fit", folder, "--out", tmp_path / "m.model", "--grey")
    assert done.exit_code == 0, done.output
    assert "09_0.png" in done.stderr
    assert "count once" in done.stderr
    assert printed_command(done.stderr).endswith("--leave-out 09_0.png")


def test_a_message_is_copied_whole() -> None:
    error = OddImagesError("text", (1, 2))
    assert str(copy.copy(error)) == "text"
    assert copy.copy(error).images == (1, 2)
