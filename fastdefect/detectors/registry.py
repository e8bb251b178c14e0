"""Stand-in for the registry of detectors over today's classes, until the one architecture is merged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastdefect.detectors.result import Detection


class _Article:
    kind, channels = "article", None

    def plan(self, shape: tuple[int, int], **options: Any) -> Any:
        from fastdefect.detectors.article.engine import Engine

        return Engine(shape, **options)

    def __call__(self, img: Any, **options: Any) -> Detection:
        from fastdefect.detectors.article.detect import detect

        return detect(img, **options)


def _texture() -> Any:
    from fastdefect.detectors.texture.model import TextureModel
    from fastdefect.detectors.texture.plan import TexturePlan

    class Plan(TexturePlan):
        def __call__(self, img: Any, *, stages: bool = False, **options: Any) -> Detection:
            return super().__call__(img, **options)

        def warmup(self, *, stages: bool = False) -> Any:
            return super().warmup()

    class Texture(TextureModel):
        kind = "texture"

        def plan(self, shape: tuple[int, int], **options: Any) -> Any:
            return Plan(self, shape, **options)

        def get_params(self) -> dict[str, Any]:
            return vars(self.params) | {"colour": self.params.colour}

    return Texture


_CLASSES: dict[str, Callable[[], Any]] = {"article": lambda: _Article, "texture": _texture}
kinds = lambda: tuple(_CLASSES)  # noqa: E731
trainable_kinds = lambda: ("texture",)  # noqa: E731
detector_class = lambda kind: _CLASSES[kind]()  # noqa: E731
default_detector = lambda: _Article()  # noqa: E731
load_detector = lambda path: _texture().load(path)  # noqa: E731


def _output(self: Any, image: Any) -> Any:
    from fastdefect.detectors.article.marks import mark_vertices
    from fastdefect.detectors.article.params import ArticleParams

    output = image.copy()
    if self.is_defective and self.contours is not None:
        mark_vertices(output, self.contours, ArticleParams())
    return output


_WORDS = {True: "Fabric has a defect", False: "There is No Defect in Fabric"}
Detection.verdict = property(lambda self: _WORDS[bool(self.is_defective)])  # type: ignore[attr-defined]
Detection.output = _output  # type: ignore[attr-defined]


from fastdefect.kernels._numba import compile_events as _events  # noqa: E402

_events.compile_events = _events.watch  # type: ignore[attr-defined]
