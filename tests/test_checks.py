"""Bad input: one exception of the package's own tree, a sentence with argument, expected, received and remedy."""

import numpy as np
import pytest

import fastdefect

GREY = np.zeros((8, 9), np.uint8)
COLOUR = np.zeros((8, 9, 3), np.uint8)


def _overlapping() -> dict[str, object]:
    whole = np.zeros((8, 10), np.uint8)
    return {"src": whole[:, :9], "out": whole[:, 1:]}


CASES = {
    "list": (fastdefect.otsu_threshold, {"src": [[1]]}, TypeError, "src: .*list.*asarray"),
    "path": (fastdefect.value_channel, {"bgr": "a.png"}, TypeError, "bgr: .*str.*read_image"),
    "float": (fastdefect.detect, {"img": COLOUR.astype(float)}, TypeError, "img: .*float64.*astype"),
    "16 bits": (fastdefect.detect, {"img": COLOUR.astype(np.uint16)}, TypeError, "img: .*uint16"),
    "empty": (fastdefect.detect, {"img": COLOUR[:0]}, ValueError, r"img: .*empty.*\(0, 9, 3\)"),
    "1-D": (fastdefect.detect, {"img": GREY[0]}, ValueError, r"img: .*\(9,\)"),
    "4-D": (fastdefect.detect, {"img": COLOUR[None]}, ValueError, r"img: .*\(1, 8, 9, 3\)"),
    "2 channels": (fastdefect.detect, {"img": COLOUR[:, :, :2]}, ValueError, r"img: .*\(8, 9, 2\)"),
    "colour for grey": (fastdefect.nl_means, {"src": COLOUR}, ValueError, "src: .*value_channel"),
    "grey for colour": (fastdefect.bgr_to_hsv, {"bgr": GREY}, ValueError, "bgr: .*GRAY2BGR"),
    "ksize 0": (fastdefect.box_blur, {"src": GREY, "ksize": 0}, ValueError, "ksize: .*1 to 255.*0"),
    "ksize < 0": (fastdefect.dilate, {"src": GREY, "ksize": (5, -1)}, ValueError, "ksize: .*63.*-1"),
    "ksize 256": (fastdefect.box_blur, {"src": GREY, "ksize": 256}, ValueError, "ksize: .*255.*256"),
    "ksize 64": (fastdefect.erode, {"src": GREY, "ksize": (64, 1)}, ValueError, "ksize: .*63.*64"),
    "ksize 2.5": (fastdefect.erode, {"src": GREY, "ksize": 2.5}, TypeError, "ksize: .*2.5.*float"),
    "3 ksizes": (fastdefect.erode, {"src": GREY, "ksize": (1, 2, 3)}, ValueError, "ksize: .*3 numb"),
    "h nan": (fastdefect.nl_means, {"src": GREY, "h": float("nan")}, ValueError, "h: .*finite.*nan"),
    "h inf": (fastdefect.nl_means, {"src": GREY, "h": float("inf")}, ValueError, "h: .*finite.*inf"),
    "h < 0": (fastdefect.nl_means, {"src": GREY, "h": -1}, ValueError, "h: .*at least 0.*-1"),
    "h text": (fastdefect.nl_means, {"src": GREY, "h": "3"}, TypeError, "h: .*'3'.*str"),
    "window 100": (fastdefect.nl_means, {"src": GREY, "search_window": 100}, ValueError, "search_w.*99"),
    "window -4": (fastdefect.nl_means, {"src": GREY, "search_window": -4}, ValueError, "search_w.*-4"),
    "template 0": (fastdefect.nl_means, {"src": GREY, "template_window": 0}, ValueError, "template"),
    "threshold": (fastdefect.binarize, {"src": GREY, "threshold": 256}, ValueError, "thresh.*255.*256"),
    "threads": (fastdefect.binarize, {"src": GREY, "threshold": 1, "threads": 0}, ValueError, "threads"),
    "backend": (fastdefect.erode, {"src": GREY, "ksize": 3, "backend": "cuda"}, ValueError, "backend: .*auto"),
    "out shape": (fastdefect.erode, {"src": GREY, "ksize": 3, "out": GREY.T.copy()}, ValueError, r"out: .*\(9, 8\)"),
    "out dtype": (fastdefect.erode, {"src": GREY, "ksize": 3, "out": GREY.astype(int)}, TypeError, "out: .*int64"),
    "out type": (fastdefect.erode, {"src": GREY, "ksize": 3, "out": []}, TypeError, "out: .*list"),
    "out = src": (fastdefect.binarize, {"src": GREY, "threshold": 3, "out": GREY}, ValueError, "out: .*overlaps"),
    "overlap": (fastdefect.erode, {"ksize": 3, **_overlapping()}, ValueError, "out: .*overlaps"),
    "params": (fastdefect.detect, {"img": COLOUR, "params": 3}, TypeError, "params: .*ArticleParams"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bad_arguments(name: str) -> None:
    function, arguments, builtin, words = CASES[name]
    with pytest.raises(builtin, match=words) as caught:
        function(**arguments)
    message = str(caught.value)
    assert isinstance(caught.value, fastdefect.FastDefectError)
    assert "expected" in message
    assert "received" in message
    assert ";" in message, "the remedy stands after a semicolon"


def test_read_only_out() -> None:
    out = np.zeros_like(GREY)
    out.flags.writeable = False
    with pytest.raises(ValueError, match=r"out: .*read-only.*copy"):
        fastdefect.erode(GREY, 3, out=out)


def test_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTDEFECT_BACKEND", "fast")
    with pytest.raises(ValueError, match=r"FASTDEFECT_BACKEND: .*auto.*'fast'"):
        fastdefect.erode(GREY, 3)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"blur_ksize": 300}, "blur_ksize"),
        ({"h": -1}, "h:"),
        ({"template_window": 0}, "template_window"),
        ({"search_window": 2.0}, "search_window"),
        ({"structuring_ksize": (0, 1)}, "structuring_ksize"),
        ({"max_dark_pixels": -1}, "max_dark_pixels"),
        ({"contour_colour": (0, 0)}, "contour_colour"),
        ({"contour_colour": (0, 0, 256)}, "contour_colour"),
    ],
)
def test_bad_params(values: dict[str, object], words: str) -> None:
    with pytest.raises(fastdefect.FastDefectError, match=words):
        fastdefect.ArticleParams(**values)


def test_params_accept_one_number_for_a_square() -> None:
    assert fastdefect.ArticleParams(blur_ksize=9).blur_ksize == (9, 9)
