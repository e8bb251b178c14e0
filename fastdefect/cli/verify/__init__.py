"""``fastdefect verify``: whether a result is what its certificate says."""
