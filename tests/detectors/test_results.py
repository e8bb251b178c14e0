"""Results are data: whole for ever when copied, honest about memory that a later call has overwritten when not."""

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from texture_cases import SHAPE, cloth, spoiled

import fastdefect
from fastdefect import Detection, Plan
from fastdefect.detectors import Joined

ATTRIBUTES = ("mask", "score_map", "stages", "defects", "contours")
ARTICLE = np.full((200, 210, 3), 200, np.uint8)
ARTICLE[20:40, 20:40] = 50
OTHER = np.full((200, 210, 3), 200, np.uint8)
OTHER[150:180, 150:190] = 50


def article() -> tuple[Plan, np.ndarray, np.ndarray]:
    return fastdefect.Engine(ARTICLE.shape[:2], threads=1), ARTICLE, OTHER


def texture() -> tuple[Plan, np.ndarray, np.ndarray]:
    model = fastdefect.TextureModel(window=63).fit([cloth(seed) for seed in range(8)])
    moved = cloth(10)
    moved[60:80, 10:30] //= 3
    return model.plan(SHAPE[:2], threads=1), spoiled(cloth(9)), moved


def pattern() -> tuple[Plan, np.ndarray, np.ndarray]:
    model = fastdefect.PatternModel(kinds=2).fit([cloth(seed) for seed in range(8)])
    moved = cloth(10)
    moved[60:80, 10:30] //= 3
    return model.plan(SHAPE[:2], threads=1), spoiled(cloth(9)), moved


def joined() -> tuple[Plan, np.ndarray, np.ndarray]:
    parts = (fastdefect.TextureModel(window=63, colour=colour) for colour in (False, True))
    model = Joined(*parts).fit([cloth(seed) for seed in range(8)])
    moved = cloth(10)
    moved[60:80, 10:30] //= 3
    return model.plan(SHAPE[:2], threads=1), spoiled(cloth(9)), moved


@pytest.fixture(params=[article, texture, pattern, joined], scope="module")
def case(request: pytest.FixtureRequest) -> tuple[Plan, np.ndarray, np.ndarray]:
    return request.param()


def plain(found: Detection) -> dict[str, object]:
    """Everything of a result that can be compared."""
    return {
        "mask": found.mask.tolist(),
        "map": found.score_map.tolist(),
        "stages": {name: image.tolist() for name, image in found.stages.items()},
        "contours": None if found.contours is None else [c.tolist() for c in found.contours],
        "polygons": [[ring.tolist() for ring in d.polygon] for d in found.defects],
        **found.to_dict(),
    }


def sent(found: Detection) -> tuple[dict[str, object], Detection]:
    """What a spawned process makes of a result, and the result sent back."""
    return plain(found), found


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_an_overwritten_attribute_says_so(
    case: tuple[Plan, np.ndarray, np.ndarray], attribute: str
) -> None:
    plan, first, second = case
    older = plan(first, copy=False)
    score = older.score
    for later in ({"copy": False}, {"copy": True}):
        plan(second, **later)
        if attribute == "contours" and not isinstance(plan, fastdefect.Engine):
            assert older.contours is None  # a detector without contours has nothing to overwrite
            continue
        with pytest.raises(fastdefect.StaleResultError, match=r"copy=True"):
            getattr(older, attribute)
    assert older.score == score
    assert older.is_defective
    assert older.speed["total"] > 0
    assert older.inside is None


def test_the_latest_result_is_right_and_what_was_read_in_time_stays(
    case: tuple[Plan, np.ndarray, np.ndarray],
) -> None:
    plan, first, second = case
    truth = [plain(plan(image, stages=True)) for image in (first, second)]
    older = plan(first, copy=False, stages=True)
    assert plain(older) | {"speed": 0} == truth[0] | {"speed": 0}
    defects = older.defects.to_dict()
    newer = plan(second, copy=False, stages=True)
    assert plain(newer) | {"speed": 0} == truth[1] | {"speed": 0}
    assert older.defects.to_dict() == defects == truth[0]["defects"]
    assert defects != truth[1]["defects"]


def test_owned_results_outlive_later_calls(case: tuple[Plan, np.ndarray, np.ndarray]) -> None:
    plan, first, second = case
    image = first.copy()
    kept = plan(image, stages=True)
    before = plain(plan(first, stages=True))
    image[:] = 7  # the caller's array is not needed any more
    plan(second, stages=True)
    plan(second, copy=False, stages=True)
    assert plain(kept) | {"speed": 0} == before | {"speed": 0}


@pytest.mark.parametrize("borrowed", [False, True])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_are_whole(
    case: tuple[Plan, np.ndarray, np.ndarray], borrowed: bool, way: Callable[[Detection], Detection]
) -> None:
    plan, first, second = case
    found = plan(first, copy=not borrowed, stages=True)
    made = way(found)
    before = plain(found)
    plan(second)
    assert plain(made) == before
    assert type(made) is type(found)


def test_a_stale_result_cannot_be_copied(case: tuple[Plan, np.ndarray, np.ndarray]) -> None:
    plan, first, second = case
    found = plan(first, copy=False)
    plan(second)
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(fastdefect.StaleResultError):
            way(found)


def test_a_result_travels_to_a_spawned_process_and_back() -> None:
    plan, first, _ = article()
    found = plan(first, stages=True)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        there, back = processes.submit(sent, found).result(120)
    assert there == plain(found) == plain(back)


def test_a_result_is_frozen(case: tuple[Plan, np.ndarray, np.ndarray]) -> None:
    plan, first, _ = case
    found = plan(first)
    with pytest.raises(AttributeError, match="does not change"):
        found.score = 0.0
    with pytest.raises(ValueError, match="read-only"):
        found.defects.columns.boxes[0, 0] = 5


def test_one_defect_is_small() -> None:
    image = np.full((2048, 2048), 200, np.uint8)
    image[100:110, 50:90] = 10
    defect = fastdefect.detect(image).defects[0]
    data = pickle.dumps(defect)
    assert len(data) < 400 + defect.runs.nbytes
    again = pickle.loads(data)
    assert again == defect
    assert again.to_dict() == defect.to_dict()
    assert len(again._table) == 1
    assert copy.deepcopy(defect).to_dict() == defect.to_dict()
    assert len(copy.deepcopy(defect)._table) == 1


def test_kept_defects_keep_no_image() -> None:
    plan, first, _ = article()
    defects = plan(first).defects
    assert sum(column.nbytes for column in defects.columns) < 2000 < first.nbytes


@pytest.mark.parametrize("stages", [False, True])
def test_a_plan_does_not_grow(case: tuple[Plan, np.ndarray, np.ndarray], stages: bool) -> None:
    plan, first, _ = case
    for image in (first, first[:, :, 0].copy()):
        if plan.detector.channels in (None, 1 if image.ndim == 2 else 3):
            plan(image, stages=stages)
    held, steps = plan.nbytes, len(plan._steps)
    for _ in range(3):
        plan(first, stages=stages)
    assert (plan.nbytes, len(plan._steps)) == (held, steps)
