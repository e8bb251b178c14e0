"""``fastdefect validate``: whether what runs is what was approved."""
