"""``fastdefect calibrate``: a model and good images in; the model with a new threshold out."""
