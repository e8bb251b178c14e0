"""Results as pictures, drawn by `fastdefect.report` when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastdefect.typing import BoolImage, ByteImage

if TYPE_CHECKING:
    from fastdefect.detectors.result import Detection


class Shown:
    """Base of `fastdefect.detectors.Detection`: what a person looks at."""

    mask: BoolImage

    def overlay(self: Any, image: ByteImage | None = None, *, boxes: int = 12) -> ByteImage:
        """Draw what was found: tint, outlines, boxes with their rank, the verdict in words.

        Parameters
        ----------
        image : ndarray of uint8, (H, W, 3) or (H, W), optional
            The inspected image, BGR or grey; not changed. By default the result's score map in grey, its highest value
            white, for a result knows no photograph.
        boxes : int
            How many of the largest defects get a box.

        Returns
        -------
        ndarray of uint8, (H, W, 3)
            BGR; see `fastdefect.report.overlay`.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            The image is of another shape than the mask, or there is none and no score map.
        StaleResultError
            The memory of a result made with ``copy=False`` has been overwritten.
        """
        from fastdefect.report.overlay_image import overlay
        from fastdefect.report.picture import map_picture

        return overlay(map_picture(self) if image is None else image, self, boxes=boxes)

    def output(self: Any, image: ByteImage) -> ByteImage:
        """Draw the detector's own output picture.

        Parameters
        ----------
        image : ndarray of uint8, (H, W, 3)
            The inspected image, BGR; not changed.

        Returns
        -------
        ndarray of uint8, (H, W, 3)
            The overlay of `fastdefect.report`, unless the detector has a picture of its own.
        """
        drawn: ByteImage = self.overlay(image)
        return drawn

    def _repr_html_(self: Detection) -> str | None:  # type: ignore[misc]
        """What a notebook shows; None, so that it shows the text, without the extra ``report``."""
        from fastdefect.report.notebook.views import detection_html

        return detection_html(self)
