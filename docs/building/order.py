"""The order in which the executed pages are read."""

ORDER = ("first_steps", "results", "fitting", "false_alarms", "areas", "exports", "large_images")


def reading_order(filename: str) -> int:
    """The place of a page."""
    return ORDER.index(filename.removesuffix(".py"))
