"""Many images at once by the names of scikit-learn: what pipelines and searches call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks import check_image, check_progress, short
from fastdefect.detectors.good_images import check_listed, image_name
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.io import read_image

_Progress: TypeAlias = Callable[[int, int], object]


class Predictions:
    """Base of `fastdefect.Detector`: ``predict``, ``decision_function`` and ``score`` over a sequence of images."""

    def predict(
        self,
        images: Sequence[Any],
        *,
        threads: int | None = None,
        progress: _Progress | None = None,
    ) -> NDArray[np.int64]:
        """Verdict of each image as a number.

        Parameters
        ----------
        images : sequence of ndarray of uint8, (H, W) or (H, W, 3), or of paths
            Of any sizes the detector takes; files are read one after the other.
        threads : int, optional
            As for `fastdefect.Plan`.
        progress : callable, optional
            Called with (images done, images in all).

        Returns
        -------
        ndarray of int64, (N,)
            1 defective, 0 good, -1 unusable. scikit-learn's outlier detectors say -1 for an outlier and 1 for what is
            usual; here, as in its classifiers, 1 is what is looked for.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            ``images`` is no sequence of images, or the detector does not take one of them.
        ImageReadError
            For a file that is no image.

        Examples
        --------
        >>> import numpy as np, fastdefect
        >>> good = np.random.default_rng(1).integers(118, 139, (12, 64, 64), np.uint8)
        >>> model = fastdefect.TextureModel(window=31, scales=(1, 3, 5, 9), colour=False).fit(list(good))
        >>> spoiled, black = good[0].copy(), np.zeros((64, 64), np.uint8)
        >>> spoiled[20:40, 20:40] = 60
        >>> model.predict([good[1], spoiled, black]).tolist()
        [0, 1, -1]
        """
        verdicts = {"good": 0, "defective": 1, "unusable": -1}
        return np.array(
            [verdicts[found.verdict] for found in self._found(images, threads, progress)], int
        )

    def decision_function(
        self,
        images: Sequence[Any],
        *,
        threads: int | None = None,
        progress: _Progress | None = None,
    ) -> NDArray[np.float64]:
        """How far each image's score lies above the threshold.

        Parameters
        ----------
        images, threads, progress
            As for `predict`.

        Returns
        -------
        ndarray of float64, (N,)
            ``score - threshold``, in the detector's unit: above 0 is defective, the other sign than that of scikit-learn's
            outlier detectors. Infinite for an unusable image, so that no comparison passes it.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError, ImageReadError
            As for `predict`.

        Examples
        --------
        Dark pixels of the article's detector, less the one that it allows:

        >>> import numpy as np, fastdefect
        >>> image = np.full((64, 64), 200, np.uint8)
        >>> image[20:40, 20:40] = 50
        >>> fastdefect.ArticleDetector().decision_function([image]).tolist()
        [352.0]
        """
        return np.array(
            [
                np.inf if found.is_unusable else found.score - found.threshold
                for found in self._found(images, threads, progress)
            ],
            float,
        )

    def score(
        self,
        images: Sequence[Any],
        labels: Any,
        *,
        threads: int | None = None,
        progress: _Progress | None = None,
    ) -> float:
        """Image AUROC: the chance that a defective image scores above a good one.

        Parameters
        ----------
        images, threads, progress
            As for `predict`.
        labels : array_like of bool or int, (N,)
            True or 1 for defective, False or 0 for good.

        Returns
        -------
        float
            nan where all labels are the same.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError, ImageReadError
            As for `predict`, and for labels of another number or other values.
        MissingPackageError
            scikit-learn is not installed.

        Examples
        --------
        >>> import numpy as np, fastdefect
        >>> one, two = np.full((2, 64, 64), 200, np.uint8)
        >>> two[20:40, 20:40] = one[20:30, 20:30] = 50
        >>> fastdefect.ArticleDetector().score([one, two], [0, 1])
        1.0
        """
        from fastdefect.evaluation.metrics import auroc

        given = np.asarray(labels)
        whole = given.dtype == np.bool_ or np.issubdtype(given.dtype, np.integer)
        if given.ndim != 1 or not whole or not np.isin(given, (0, 1)).all():
            raise ArgumentValueError(
                f"labels: expected 0 for good and 1 for defective, one for each image, received {short(labels)}; "
                "map other names to these"
            )
        scores = np.array([found.score for found in self._found(images, threads, progress)])
        if len(given) != len(scores):
            raise ArgumentValueError(
                f"labels: expected one for each of {len(scores)} images, received {len(given)}; pass as many"
            )
        return auroc(given.astype(bool), scores)

    def _found(
        self, images: Any, threads: int | None, progress: _Progress | None
    ) -> Iterator[Detection]:
        """Each image's result, one after the other."""
        check_listed(images)
        check_progress(progress)
        for index, item in enumerate(images):
            image = read_image(item) if isinstance(item, (str, Path)) else item
            # before the detector calls it "img"
            yield self(check_image(image_name(images, index), image), threads=threads)  # type: ignore[operator]
            if progress is not None:
                progress(index + 1, len(images))
