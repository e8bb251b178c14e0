"""The texture model in C: the map, score, verdict and mask of the Python package, from a file that is checked."""

from __future__ import annotations

import ctypes
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from engine_library import ARGUMENT, LEVELS_HERE, OK, Image, error, library
from texture_cases import cloth, constants, image, spoiled

import fastdefect
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.errors import ArgumentValueError
from fastdefect.freezer.texture_file import MAGIC, export_texture, packed
from fastdefect.kernels._numba import COMPILED

NUMBERS = [level.number for level in LEVELS_HERE]
# freezing takes two minutes of two processors for each level
frozen = [
    pytest.mark.long,
    pytest.mark.skipif(not COMPILED, reason="without the JIT nothing is frozen"),
]


class Verdict(ctypes.Structure):
    """``fd_texture_verdict``."""

    _fields_ = [
        ("is_defective", ctypes.c_int32), ("level", ctypes.c_int32),
        ("score", ctypes.c_double), ("threshold", ctypes.c_double),
    ]  # fmt: skip


def model(
    channels: int = 3, threshold: float = 3.0, profile: Any = None, **settings: Any
) -> TextureModel:
    """A model with plausible constants, as if trained."""
    made = TextureModel(**settings)
    found = constants(1, **settings)
    if profile is not None:
        object.__setattr__(found, "profile", profile)
    return made._learned(found, channels, threshold, mask_threshold=threshold / 2)


def texture(content: bytes, shape: tuple[int, int], level: int = 0, threads: int = 1) -> int:
    """The address of a model in C, 0 where it is refused."""
    made = library().fd_texture_create(content, len(content), shape[1], shape[0], level, threads)
    return made or 0


def compare(trained: TextureModel, img: np.ndarray[Any, Any], level: int, threads: int) -> None:
    """Map, score, verdict and mask of an image whose rows lie apart, twice."""
    height, width = img.shape[:2]
    wanted = trained(np.ascontiguousarray(img))
    handle = texture(packed(trained), (height, width), level, threads)
    assert handle, error()
    run, destroy = library().fd_texture_run, library().fd_texture_destroy
    run.argtypes = [
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int32, ctypes.c_void_p, ctypes.c_ssize_t,
        ctypes.POINTER(Image), ctypes.POINTER(Verdict),
    ]  # fmt: skip
    destroy.argtypes, destroy.restype = [ctypes.c_void_p], None
    room = np.zeros((height, width + 5), np.float32)
    mask = np.full((height, width + 3), 7, np.uint8)
    found = Verdict()
    for _ in range(2):
        status = run(
            handle, img.ctypes.data, img.strides[0], 1 if img.ndim == 2 else 3, room.ctypes.data, room.strides[0],
            ctypes.byref(Image(mask.ctypes.data, mask.strides[0])), ctypes.byref(found),
        )  # fmt: skip
        assert status == OK, error()
        assert np.array_equal(room[:, :width].view(np.int32), wanted.score_map.view(np.int32))
        assert (found.score, bool(found.is_defective), found.threshold) == (
            wanted.score, wanted.is_defective, trained.threshold,
        )  # fmt: skip
        assert found.level == level
        assert np.array_equal(mask[:, :width].view(bool), wanted.mask)
        assert (mask[:, width:] == 7).all()
        assert not room[:, width:].any()
    destroy(handle)


class TestInC:
    pytestmark = frozen

    @pytest.mark.parametrize("level", NUMBERS)
    @pytest.mark.parametrize("shape", [(32, 32), (33, 71), (96, 112), (300, 50), (700, 64)])
    @pytest.mark.parametrize("colour", [True, False])
    def test_map_score_and_verdict(self, colour: bool, shape: tuple[int, int], level: int) -> None:
        for geometric, channels, window in ((True, 3, 95), (False, 1, 31)):
            trained = model(channels, colour=colour, geometric=geometric, window=window)
            img = image((*shape, 3) if channels == 3 else shape)
            for threads in (1, 2, 4):
                compare(trained, img, level, threads)

    def test_rows_apart_and_a_profile(self) -> None:
        room = image((96, 140, 3))
        levels = np.arange(112, dtype=np.int16) * 9
        for threshold in (0.0, 1e6):
            compare(model(threshold=threshold, profile=levels), room[:, 9:121], NUMBERS[0], 2)

    def test_a_trained_model(self) -> None:
        good = [cloth(seed) for seed in range(12)]
        trained = fastdefect.TextureModel(false_alarms=0.05).fit(good)
        for img in (good[0], spoiled(good[0])):
            compare(trained, img, NUMBERS[0], 2)

    def test_numbers_are_not_believed(self) -> None:
        head = len(MAGIC) + 8
        random = np.random.default_rng(0)
        content = packed(model())
        made = 0
        for _ in range(300):
            body = bytearray(content[head:])
            for _ in range(random.integers(1, 4)):
                body[random.integers(len(body))] = random.integers(256)
            sums = struct.pack("<II", len(body), zlib.crc32(body))
            handle = texture(MAGIC + sums + bytes(body), (40, 48))
            assert handle or "expected" in error()
            if handle:
                made += 1
                img, found = image((40, 48, 3)), Verdict()
                status = library().fd_texture_run(
                    ctypes.c_void_p(handle), ctypes.c_void_p(img.ctypes.data), ctypes.c_ssize_t(144), 3,
                    None, ctypes.c_ssize_t(0), None, ctypes.byref(found),
                )  # fmt: skip
                assert status in (OK, ARGUMENT)
                library().fd_texture_destroy(ctypes.c_void_p(handle))
        assert 0 < made < 300

    def test_what_does_not_fit_is_refused(self) -> None:
        content = packed(model(profile=np.zeros(112, np.int16)))
        assert not texture(content, (96, 113))
        assert "width: expected 112 as the model's column profile has, received 113" in error()
        for shape, level, threads in (((31, 112), 0, 1), ((96, 112), 5, 1), ((96, 112), 0, 0)):
            assert not texture(content, shape, level, threads)
            assert "expected" in error()


def test_only_trained_models_are_exported(tmp_path: Any) -> None:
    with pytest.raises(ArgumentValueError, match="model: expected one that was trained"):
        export_texture(TextureModel(), tmp_path / "model.fdm")
    with pytest.raises(ArgumentValueError, match="freeze a zero-shot model"):
        export_texture(TextureModel.zero_shot(), tmp_path / "model.fdm")


def test_the_file_is_what_its_text_says(tmp_path: Any) -> None:
    trained = model(threshold=2.5, profile=np.arange(40, dtype=np.int16))
    export_texture(trained, tmp_path / "model.fdm")
    content = (tmp_path / "model.fdm").read_bytes()
    assert content[:16] == MAGIC
    size, checksum = struct.unpack_from("<II", content, 16)
    assert size == len(content) - 24
    assert checksum == zlib.crc32(content[24:])
    assert np.array_equal(np.frombuffer(content[-80:], np.int16), np.arange(40))
    assert struct.unpack_from("<df", content, len(content) - 92) == (2.5, 1.25)
