"""``fastdefect evaluate``: labelled images in; figures, curves and the hardest images out."""
