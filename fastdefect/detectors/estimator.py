"""Detectors that learn: estimators in scikit-learn's sense until they are trained, unchangeable from then on."""

from __future__ import annotations

import inspect
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.domain import DOMAIN_SHARE
from fastdefect.calibration.threshold import Calibration
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.errors import ArgumentValueError


def parameters(estimator: type[Estimator]) -> tuple[str, ...]:
    """Names of the constructor's parameters."""
    return tuple(inspect.signature(estimator).parameters)


class Estimator(ScoreMapDetector):
    """A score-map detector that is trained.

    Parameters
    ----------
    given : mapping of str to object
        The constructor's parameters as they were given, which is what scikit-learn's ``clone`` compares.

    Attributes
    ----------
    threshold : float
        After training: an image is defective when its score is above it. A share ``false_alarms`` of good images is.
    mask_threshold : float
        A pixel of a defective image belongs to the mask when its value is above it; the threshold, unless set.
    calibration : Calibration or None
        Where the threshold comes from.
    domain : Domain or None
        What good images look like as a whole; None where it is not known.
    left_out : ndarray of float64, (N,), or None
        After training: the score of each image that was given, by a model that has not seen its group; NaN for one that
        repeats another. None for a loaded model.

    Examples
    --------
    >>> import fastdefect
    >>> model = fastdefect.TextureModel(window=63)
    >>> isinstance(model, fastdefect.detectors.Estimator), model.is_finished
    (True, False)
    >>> model.set_params(window=31, colour=False).get_params()["window"]
    31
    >>> model.untrained() is None
    True
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self.calibration: Calibration | None = None
        self.left_out: NDArray[np.float64] | None = None

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters of the constructor by name, as given; scikit-learn's ``clone`` reads them.

        Parameters
        ----------
        deep : bool
            Without effect: parameters of parameters are not listed.

        Returns
        -------
        dict of str to object
        """
        return dict(self._given)

    def set_params(self, **params: Any) -> Self:
        """Change parameters of a model that is not trained.

        Parameters
        ----------
        **params
            By name, as for the constructor.

        Returns
        -------
        Estimator
            Itself.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a trained model, an unknown name or a bad value; the model stays as it was.
        """
        self._refuse_if_finished("set_params")
        unknown = sorted(set(params) - set(self._given))
        if unknown:
            raise ArgumentValueError(
                f"params: expected some of {', '.join(self._given)}, received {', '.join(unknown)}; "
                "choose among these"
            )
        self.__dict__.update(type(self)(**{**self._given, **params}).__dict__)
        return self

    def untrained(self) -> Estimator | None:
        """An untrained model of the same settings.

        Returns
        -------
        Estimator or None
            None where this one has learned from no set of good images, so that there is nothing to learn again.
        """
        # a zero-shot model has a calibration at most
        learned = self.calibration is not None and self.__dict__.get("constants", self) is not None
        return type(self)(**self._given) if learned else None

    def _finish(self, **learned: Any) -> Self:
        """Set the attributes that were learned, once, and refuse changes from then on."""
        for name, value in learned.items():
            setattr(self, name, value)
        return self._freeze_attributes()

    def __getattr__(self, name: str) -> Any:
        if name == "threshold":
            self._refuse_if_unfinished()
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __repr__(self) -> str:
        """The constructor's call, of parameters that are not the default, and what was learned."""
        defaults = inspect.signature(type(self)).parameters
        given = {n: v for n, v in self._given.items() if not _equal(v, defaults[n].default)}
        call = f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in given.items())})"
        return f"<{call}, {self.learned_words}>"

    @property
    def learned_words(self) -> str:
        """Threshold and training in a line; ``"not trained"``."""
        if not self.is_finished:
            return "not trained"
        found = self.calibration
        if found is None:
            return f"threshold {self.threshold:.4g}, set without a calibration"
        # the domain of the good images takes its share of the rate that was named
        rate = found.false_alarms / (1.0 if self.domain is None else 1.0 - DOMAIN_SHARE)
        moved = "" if self.threshold == found.threshold else f", calibrated {found.threshold:.4g}"
        return (
            f"threshold {self.threshold:.4g}{moved} (90 % between {found.interval[0]:.4g} and {found.interval[1]:.4g}), "
            f"{found.images} good images in {found.groups} groups, {rate:.3g} false alarms"
        )

    def _repr_html_(self) -> str | None:
        """What a notebook shows; None, so that it shows the text, without the extra ``report``."""
        from fastdefect.report.notebook.views import model_html

        return model_html(self)

    @property
    def threshold_interval(self) -> tuple[float, float] | None:
        """90 % interval of the calibrated threshold, None without calibration; see `Calibration`."""
        return None if self.calibration is None else self.calibration.interval

    @property
    def is_finished(self) -> bool:
        """Whether the object is a detector."""
        return bool(self.__dict__.get("_frozen", False))

    def _refuse_if_finished(self, call: str) -> None:
        """Raise unless the object can still be trained."""
        if self.is_finished:
            raise ArgumentValueError(
                f"{call}: expected a model that is not trained, received a finished detector; make a new "
                "one with sklearn.base.clone(model) or type(model)(**model.get_params())"
            )

    def _refuse_if_unfinished(self) -> None:
        """Raise unless the object is trained."""
        if not self.is_finished:
            raise ArgumentValueError(
                "model: expected a trained model, received a new one; call fit first"
            )


def _equal(value: object, default: object) -> bool:
    """Whether a parameter has its default; of arrays only the very same one."""
    return value is default or (type(value) is type(default) and bool(value == default))
