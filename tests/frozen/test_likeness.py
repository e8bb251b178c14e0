"""What arguments are alike in: the same text for all that one machine code serves, another for all others."""

from typing import NamedTuple

import numpy as np
import pytest

from fastdefect.freezer.header import parts, prototype
from fastdefect.frozen import likeness
from fastdefect.kernels.simd.bytes import Bytes

GREY = np.zeros((4, 6), np.uint8)


class Pair(NamedTuple):
    values: np.ndarray
    count: int


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (GREY, "u1[2C]"),
        (GREY[:, ::2], "u1[2A]"),
        (GREY.T, "u1[2F]"),
        (GREY[0], "u1[1C]"),
        (np.zeros((2, 3, 4), np.float32), "f4[3C]"),
        (7, "i8"),
        (np.int64(7), "i8"),
        (np.uint8(7), "u1"),
        (True, "b1"),
        (0.5, "f8"),
        (np.float32(0.5), "f4"),
        ((1, (2.0, GREY)), "(i8, (f8, u1[2C]))"),
        (Bytes("avx2", 32), "Bytes(cpu='avx2', width=32)"),
    ],
)
def test_each_kind_of_argument_has_a_text(value: object, text: str) -> None:
    assert likeness((value,)) == text


def test_a_named_tuple_has_its_class_and_an_image_is_strided() -> None:
    assert likeness((Pair(GREY, 3),)).endswith(".Pair(u1[2C], i8)")
    assert likeness((GREY, GREY), images=(1,)) == "u1[2C], u1[2A]"


def test_numbers_and_contents_do_not_count() -> None:
    assert likeness((GREY, 1)) == likeness((np.ones((9, 9), np.uint8), 2))


def test_a_declaration_in_c_takes_the_arguments_apart() -> None:
    arguments = "Bytes(cpu='avx2', width=32), u1[2C], (i8, f8), i8, f4"
    assert parts(arguments) == ["Bytes(cpu='avx2', width=32)", "u1[2C]", "(i8, f8)", "i8", "f4"]
    text = prototype("fd_v3_x", arguments, "(i8, b1)", "What it does.")
    assert text.splitlines()[-1] == (
        "void fd_v3_x(const void *, const fd_array *, const int64_t *, int64_t, double, int64_t *);"
    )
