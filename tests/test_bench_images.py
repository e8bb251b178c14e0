"""The generator of cloth: windows, masks, contrast, rolls and the manifest."""

import ast
import hashlib
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

import bench_images
from bench_images import (
    KINDS,
    MOTIFS,
    PATTERNS,
    WEAVES,
    Defect,
    Fabric,
    Print,
    Scene,
    flaw,
    flawed,
    large,
    roll,
)
from bench_images import manifest as manifest_file
from bench_images.__main__ import main as command
from bench_images.catalogue import SCENES, SIZES, vast

CONTRASTS = (0.0, 0.1, 0.3, 0.6, 1.0)
CLOTHS = [
    *({"weave": weave, "stripe_colour": (9, 9, 99)} for weave in WEAVES),
    {"stripe_colour": (9, 9, 99), "stripes": (5, 4, True)},
    *(
        {"printed": Print(motif, (45, 62), lean=(-0.02, 0.01), warp=3.0, apart=(2, -1))}
        for motif in MOTIFS
    ),
]


def told(cloth: dict[str, object]) -> str:
    """What a cloth is called among the tests."""
    return str(cloth.get("weave")) if "weave" in cloth else Fabric(**cloth).pattern


@pytest.mark.parametrize("cloth", CLOTHS, ids=told)
def test_window_of_cloth_equals_the_cut(cloth: dict[str, object]) -> None:
    fabric = Fabric(**cloth, seed=5, pitch=(6.3, 5.1), lean=(0.03, -0.02))
    whole = fabric.window(-40, -700, 150, 1300)
    for y, x, height, width in (
        (-40, -700, 1, 1),
        (0, 0, 64, 512),
        (-13, -351, 90, 777),
        (109, 599, 1, 1),
    ):
        cut = whole[y + 40 : y + 40 + height, x + 700 : x + 700 + width]
        np.testing.assert_array_equal(fabric.window(y, x, height, width), cut)


@pytest.mark.parametrize("patterned", [None, *PATTERNS])
@pytest.mark.parametrize("origin", [10**9 + 7, -(10**12), 10**15 - 999])
def test_windows_agree_far_from_the_origin(origin: int, patterned: str | None) -> None:
    fabric = roll(11, patterned)
    whole = fabric.window(origin, -origin, 130, 140)
    assert whole.std() > 3
    np.testing.assert_array_equal(
        fabric.window(origin + 61, -origin + 37, 20, 90), whole[61:81, 37:127]
    )


@pytest.mark.parametrize("patterned", [None, *PATTERNS])
@pytest.mark.parametrize("kind", KINDS)
def test_window_with_a_defect_equals_the_cut(kind: str, patterned: str | None) -> None:
    scene = flawed(kind, 21, (200, 620), patterned=patterned)
    image, mask = scene.image(), scene.mask()
    (y0, x0, y1, x1) = scene.boxes()[0]
    middle = ((y0 + y1) // 2, (x0 + x1) // 2)
    for y, x in ((0, 0), middle, (y0, x0), (max(0, y0 - 3), max(0, x0 - 3))):
        height, width = min(70, 200 - y), min(530, 620 - x)
        np.testing.assert_array_equal(
            scene.window(y, x, height, width), image[y : y + height, x : x + width]
        )
        np.testing.assert_array_equal(
            scene.mask(y, x, height, width), mask[y : y + height, x : x + width]
        )


@pytest.mark.parametrize("patterned", [None, *PATTERNS])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_defect_changes_its_mask_only(kind: str, seed: int, patterned: str | None) -> None:
    scene = flawed(kind, seed, (256, 256), patterned=patterned)
    changed = (scene.image() != scene.good().image()).any(axis=2)
    mask = scene.mask() > 0
    assert not (changed & ~mask).any()
    assert changed.sum() > 0.3 * mask.sum() > 10
    rows, columns = mask.nonzero()
    assert scene.boxes() == ((rows.min(), columns.min(), rows.max() + 1, columns.max() + 1),)


@pytest.mark.parametrize("kind", KINDS)
def test_reach_holds_the_whole_defect(kind: str) -> None:
    fabric = Fabric(seed=3, lean=(0.1, 0.1), wander=3.0, printed=Print())
    for seed in range(12):
        defect = flaw(kind, seed, (600, 600))
        top, left, bottom, right = defect.reach(fabric)
        cover = defect.cover(fabric, top - 20, left - 20, bottom - top + 40, right - left + 40)
        cover[20:-20, 20:-20] = 0
        assert not cover.any()


@pytest.mark.parametrize("kind", KINDS)
def test_contrast_is_monotone_in_every_pixel(kind: str) -> None:
    scenes = [flawed(kind, 4, (160, 160), contrast) for contrast in CONTRASTS]
    good = scenes[0].good().image().astype(int)
    change = [np.abs(scene.image().astype(int) - good) for scene in scenes]
    assert not change[0].any()
    for weaker, stronger in pairwise(change):
        assert (weaker <= stronger).all()
    assert all(np.array_equal(scene.mask(), scenes[0].mask()) for scene in scenes)
    assert change[-1].sum() > change[1].sum()


@pytest.mark.parametrize("patterned", [None, "print"])
@pytest.mark.parametrize("seed", range(6))
def test_colour_spot_keeps_the_luminance_and_smoothing_the_mean(
    seed: int, patterned: str | None
) -> None:
    spot = flawed("colour spot", seed, (256, 256), patterned=patterned)
    inside = spot.mask() > 0
    pair = [cv2.cvtColor(s.image(), cv2.COLOR_BGR2GRAY).astype(float) for s in (spot, spot.good())]
    assert abs(np.mean(pair[0][inside] - pair[1][inside])) < 1.0
    smoothed = flawed("smoothed", seed, (256, 256))
    inside = smoothed.mask() > 0
    image, good = (
        smoothed.image()[inside].astype(float),
        smoothed.good().image()[inside].astype(float),
    )
    assert np.abs(image.mean(axis=0) - good.mean(axis=0)).max() < 0.06 * good.mean()
    assert image.std(axis=0).mean() < 0.8 * good.std(axis=0).mean()


def test_seeds_are_other_rolls() -> None:
    rolls = [roll(seed) for seed in range(40)]
    crops = [fabric.window(0, 0, 32, 32).tobytes() for fabric in rolls]
    assert len(set(crops)) == 40
    assert {fabric.weave for fabric in rolls} > {"plain", "twill", "satin"}
    assert np.std([fabric.pitch[0] for fabric in rolls]) > 1
    same = [Fabric(seed=seed).window(0, 0, 32, 32).tobytes() for seed in range(5)]
    assert len(set(same)) == 5


@pytest.mark.parametrize("patterned", [None, *PATTERNS])
def test_rolls_are_well_exposed(patterned: str | None) -> None:
    for seed in range(60):
        crop = roll(seed, patterned).window(999, 999, 128, 128)
        assert 20 < crop.mean() < 230
        assert (crop == 255).mean() < 0.03
        assert (crop == 0).mean() < 0.03
        assert 2 < crop.std() < 70


@pytest.mark.parametrize("patterned", PATTERNS)
def test_a_pattern_that_is_asked_for_is_there(patterned: str) -> None:
    rolls = [roll(seed, patterned) for seed in range(20)]
    assert all((fabric.pattern or "").startswith(patterned) for fabric in rolls)
    assert len({fabric.window(0, 0, 32, 32).tobytes() for fabric in rolls}) == 20
    for fabric in rolls:
        even = replace(fabric, printed=None, stripe_colour=None)
        changed = (fabric.window(0, 0, 256, 256) != even.window(0, 0, 256, 256)).any(axis=2)
        assert 0.03 < changed.mean() < 0.9


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_print_repeats_but_for_its_warp_and_half_a_drop(motif: str) -> None:
    straight, warped = (Print(motif, (60, 44), warp=warp) for warp in (0.0, 3.0))
    cover = straight.cover(7, -60, -44, 240, 176)
    assert 0 <= cover.min() < cover.max() == 1
    np.testing.assert_array_equal(cover[:, 60:], cover[:, :-60])
    np.testing.assert_array_equal(cover[:, :, 44:], cover[:, :, :-44])
    assert (cover[0, 30:, 22:] > 0.5).mean() > 0.02
    moved = straight.slipped(5, -3).cover(7, -60, -44, 240, 176)
    np.testing.assert_array_equal(moved[:, 5:, :-3], cover[:, :-5, 3:])
    bent = warped.cover(7, 0, 0, 600, 600)
    assert (bent[:, 60:] != bent[:, :-60]).any()
    # a displacement of at most 3 pixels stays within the motif's surroundings
    near = [
        np.stack([function(plane, np.ones((9, 9))) for plane in straight.cover(7, 0, 0, 600, 600)])
        for function in (cv2.erode, cv2.dilate)
    ]
    assert ((near[0] <= bent) & (bent <= near[1]))[:, 9:-9, 9:-9].all()


def test_misprints_are_missing_or_moved() -> None:
    printed = Fabric(printed=Print())
    shown = [Defect("misprint", 0, 0, 40, 30, seed=seed).misprint(printed) for seed in range(40)]
    assert 10 < sum(each is None for each in shown) < 30
    places = {each.origin for each in shown if each is not None}
    assert places == {(21, 0), (-22, 0), (0, 21), (0, -22)}


def test_bands_and_the_mask_of_an_image_beyond_memory() -> None:
    scene = vast((200_000, 300_000), seed=2, defects=300)
    assert scene.window(199_000, 299_000, 100, 100).shape == (100, 100, 3)
    defect = scene.defects[17]
    assert scene.mask(defect.y - 80, defect.x - 80, 160, 160).any()
    small = Scene((150, 90), roll(1))
    bands = list(small.bands(64))
    assert [y for y, _ in bands] == [0, 64, 128]
    np.testing.assert_array_equal(np.vstack([band for _, band in bands]), small.image())


def test_large_images_for_benchmarks() -> None:
    assert large("512x512").shape == (512, 512, 3)
    assert large((130, 257), seed=3).shape == (130, 257, 3)
    assert SIZES["4096x4096"] == (4096, 4096)
    with pytest.raises(KeyError, match="256x256"):
        large("huge")


def test_bad_requests_are_named() -> None:
    scene = SCENES["good_calico"]
    with pytest.raises(ValueError, match="window: expected a part of an image of 256 by 256"):
        scene.window(200, 0, 57, 10)
    with pytest.raises(ValueError, match="kind: expected one of hole"):
        Defect("moth", 0, 0, 10)
    with pytest.raises(ValueError, match="contrast: expected 0 to 1"):
        Defect("hole", 0, 0, 10, contrast=1.5)
    with pytest.raises(ValueError, match="misses"):
        Scene((64, 64), Fabric(), (Defect("blob", 500, 500, 10, 10),)).boxes()
    with pytest.raises(KeyError, match="good_calico"):
        bench_images.render("velvet")
    with pytest.raises(ValueError, match="weave: expected one of plain"):
        Fabric(weave="velvet")
    with pytest.raises(ValueError, match="patterned: expected one of stripes"):
        roll(3, "tartan")
    with pytest.raises(ValueError, match="motif: expected one of dots"):
        Print("paisley")
    with pytest.raises(ValueError, match="repeat: expected 16 to 400"):
        Print(repeat=(8, 64))
    with pytest.raises(ValueError, match="cloth with a print for a misprint"):
        Scene((64, 64), Fabric(), (Defect("misprint", 30, 30, 30, 30),)).image()


def test_manifest_agrees_with_generator_and_files() -> None:
    assert manifest_file.check() == []
    entries = manifest_file.load()
    assert {entry["weave"] for entry in entries} >= {"plain", "twill", "satin"}
    patterns = {entry["pattern"] for entry in entries}
    assert patterns == {None, "stripes", "checks", *(f"print of {motif}" for motif in MOTIFS)}
    assert sum(not entry["defects"] for entry in entries) == 3
    for entry in entries:
        image = cv2.imread(str(manifest_file.FOLDER / entry["file"]), cv2.IMREAD_COLOR)
        assert hashlib.sha256(image.tobytes()).hexdigest() == entry["sha256"]
        assert list(image.shape) == entry["shape"]


def test_command_writes_and_check_finds_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: SCENES[name] for name in ("good_calico", "slub_satin")}
    monkeypatch.setattr(manifest_file, "SCENES", few)
    into = ["--folder", str(tmp_path)]
    assert command(into) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["manifest.json"] + [f"{name}{part}.png" for name in few for part in ("", "_mask")]
    )
    assert command([*into, "--check"]) == 0
    (tmp_path / "good_calico.png").unlink()
    damaged = cv2.imread(str(tmp_path / "slub_satin.png"))
    damaged[3, 4] ^= 1
    cv2.imwrite(str(tmp_path / "slub_satin.png"), damaged)
    assert command([*into, "--check"]) == 1
    said = capsys.readouterr().out
    assert "good_calico.png: missing" in said
    assert "slub_satin.png: the pixels differ" in said


def test_generator_needs_numpy_and_opencv_only() -> None:
    allowed = {"numpy", "cv2", "bench_images"}
    for path in Path(bench_images.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                assert top in allowed or top in sys.stdlib_module_names, (path, name)
