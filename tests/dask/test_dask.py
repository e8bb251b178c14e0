"""Arrays in chunks give the bytes and the certificate of the whole, whatever chunks and workers."""

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from large_cases import SIDE, detectors, inspected, picture, whole

from fastdefect import ArgumentTypeError, ArticleDetector, OutputError, RegionParams
from fastdefect.large.hashes import image_digest, table_digest

dask_array = pytest.importorskip("dask.array", reason="dask is not installed (extra dask)")


def _cut(random: np.random.Generator, size: int) -> tuple[int, ...]:
    """A side in random chunks, some of a pixel or two."""
    found = []
    while sum(found) < size:
        found.append(int(min(random.integers(1, random.choice([4, 30, 120])), size - sum(found))))
    return tuple(found[:7]) + ((size - sum(found[:7]),) if size > sum(found[:7]) else ())


def _assert_equal(lazy: Any, expected: Any, image: np.ndarray, **settings: Any) -> Any:
    found = lazy.compute(**settings)
    mask = expected.mask.view(np.uint8) * np.uint8(255)
    np.testing.assert_array_equal(lazy.mask.compute(**settings), mask)
    np.testing.assert_array_equal(lazy.score_map.compute(**settings), expected.score_map)
    for name in (
        "is_defective",
        "is_unusable",
        "notes",
        "score",
        "threshold",
        "otsu_threshold",
        "zero_count",
    ):
        assert getattr(found, name) == getattr(expected, name), name
    for name, left, right in zip(
        expected.defects.columns._fields,
        found.defects.columns,
        expected.defects.columns,
        strict=True,
    ):
        np.testing.assert_array_equal(left, right, name)
    told = {
        "mask": image_digest(mask, SIDE),
        "score_map": image_digest(expected.score_map, SIDE),
        "input": image_digest(image, SIDE),
        "table": table_digest(expected.defects),
    }
    assert {name: found.certificate[name] for name in told} == told
    return found


@pytest.mark.parametrize(
    "kind",
    [
        "article",
        "texture",
        "trained texture",
        "pattern",
        pytest.param("joined", marks=pytest.mark.long),
    ],
)
@settings(max_examples=6)
@given(st.integers(0, 10**6), st.tuples(st.integers(32, 150), st.integers(32, 150)), st.booleans())
def test_chunks_give_the_whole(kind: str, seed: int, shape: tuple[int, int], grey: bool) -> None:
    from fastdefect.dask import lazy

    image = picture(seed, shape if grey else (*shape, 3))
    random = np.random.default_rng(seed)
    rules = RegionParams(
        merge_distance=int(random.integers(0, 4)), min_area=int(random.integers(1, 5)),
        surroundings=int(random.integers(1, 12)),
    )  # fmt: skip
    area: dict[str, Any] = {}
    if random.integers(2):
        area["ignore"] = [[[0, 0], [shape[1] * 0.6, 0], [0, shape[0] * 0.7]]]
    detector = detectors(kind, image)
    chunks = (_cut(random, shape[0]), _cut(random, shape[1]), *(() if grey else (3,)))
    made = lazy.plan(
        dask_array.from_array(image, chunks), detector, 1, None, area.get("ignore"), rules, SIDE
    )
    _assert_equal(
        made, whole(image, detector, rules=rules, threads=1, **area), image, scheduler="threads"
    )


def test_one_certificate_for_chunks_and_files(tmp_path: Any) -> None:
    from fastdefect.dask import lazy

    image = picture(5, (150, 140, 3))
    for kind in ("article", "trained texture"):
        detector = detectors(kind, image)
        expected = inspected(image, detector, tmp_path / kind).certificate
        for chunks in ((40, 61, 2), (SIDE, 2 * SIDE, 3)):  # chunks of blocks too
            array = dask_array.from_array(image, chunks)
            found = lazy.plan(array, detector, 1, None, None, None, SIDE).compute(scheduler="sync")
            assert found.certificate == expected


def test_ten_thousand_chunks_are_planned_in_seconds() -> None:
    import fastdefect.dask

    detector = ArticleDetector()
    spent = []
    for side in (30, 100):
        array = dask_array.zeros((side * 512, side * 512, 3), chunks=(512, 512, 3), dtype=np.uint8)
        begin = time.process_time()
        made = fastdefect.dask.detect(array, detector)
        spent.append(time.process_time() - begin)
        assert made.mask.npartitions == side**2
    assert spent[1] < 20
    assert spent[1] < 22 * spent[0]  # eleven times as many chunks


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((40, 40), np.uint8),
        dask_array.zeros((40, 40), dtype=np.float32),
        dask_array.zeros((40, 40, 4), dtype=np.uint8),
        "image.tif",
    ],
)
def test_other_arrays_are_refused(wrong: Any) -> None:
    import fastdefect.dask

    with pytest.raises(ArgumentTypeError, match=r"expected a dask.array of uint8.*from_array"):
        fastdefect.dask.detect(wrong, ArticleDetector())


def test_mask_and_map_in_a_store_of_zarr(tmp_path: Any) -> None:
    zarr = pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    from fastdefect.dask import lazy

    image = picture(5, (300, 280, 3))
    detector = detectors("article", image)
    expected = whole(image, detector)
    array = dask_array.from_array(image, (50, 90, 3))
    made = lazy.plan(array, detector, 1, None, None, None, SIDE)
    top = made.mask.rechunk((70, 70))[:100].max(axis=1)  # arrays as any others
    np.testing.assert_array_equal(top.compute(scheduler="threads") != 0, expected.mask[:100].any(1))
    for _ in range(2):  # the second replaces the first
        found = made.to_zarr(tmp_path / "store", scheduler="threads")
    assert found.certificate == made.compute(scheduler="threads").certificate
    mask, score_map = (
        zarr.open_array(str(tmp_path / "store"), path=name, mode="r")
        for name in ("mask", "score_map")
    )
    assert mask.shards == (4 * SIDE, 4 * SIDE)
    np.testing.assert_array_equal(mask[...] != 0, expected.mask)
    np.testing.assert_array_equal(score_map[...], expected.score_map)


def test_a_shard_is_written_by_one_task_alone(tmp_path: Any) -> None:
    pytest.importorskip("zarr", reason="zarr is not installed (extra zarr)")
    from fastdefect.dask import stores

    stores.make_store(tmp_path / "a", "mask", (300, 280), np.uint8, 32, 128)
    for window in (np.s_[0:128, 128:280], np.s_[256:300, 0:128]):
        size = window[0].stop - window[0].start, window[1].stop - window[1].start
        stores.write(str(tmp_path / "a"), "mask", window, 128, np.ones(size, np.uint8))
    for window in (np.s_[0:127, 0:128], np.s_[64:128, 0:128], np.s_[128:256, 128:270]):
        with pytest.raises(OutputError, match=r"two tasks in one shard lose pixels"):
            stores.write(str(tmp_path / "a"), "mask", window, 128, np.ones((1, 1), np.uint8))


@pytest.mark.long
def test_a_cluster_that_loses_a_worker_in_the_middle(tmp_path: Any) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    from fastdefect.dask import lazy

    image = picture(9, (1200, 1100, 3))
    detector = ArticleDetector()
    expected = inspected(image, detector, tmp_path / "file", (4, 4)).certificate
    made = lazy.plan(
        dask_array.from_array(image, (150, 150, 3)), detector, 1, None, None, None, SIDE
    )
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2)
        handle = client.compute(made.delayed())
        address = cluster.workers[0].worker_address
        planes, end = [], time.monotonic() + 60
        while len(planes) < 3 and time.monotonic() < end:  # until it alone has some of the result
            held = client.has_what()[address]
            planes = [key for key in held if "-filtered" in str(key) or "-score_map" in str(key)]
        assert planes
        cluster.workers[0].process.process.kill()
        assert not handle.done()
        numbers, columns, digests = handle.result()
        assert made.conclude(numbers, columns, digests).certificate == expected
