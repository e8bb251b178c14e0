"""The command ``fastdefect view``."""
