"""What of the document depends on the machine, and is not compared: this list and nothing else.

Each pattern hides what its group matches, in this order; text around it is compared. Runs of spaces and of rules of a table
count as one, because columns are as wide as their numbers.
"""

from __future__ import annotations

import re

_NUMBER = r"\d[\d.,e+]*"
_MASKS = (
    r"^(Run with .*)$",  # processor, versions and commit, in the first lines
    rf"({_NUMBER} ms(?: \+ {_NUMBER} m?s (?:loading|compiling) kernels)?)\b",  # the latter is said where it took long
    rf"^  \w+ +({_NUMBER} +\d+\.\d%[ ━]*)$",  # a stage, its milliseconds and its share
    r"(\d+ threads?)\b",
    rf"\bp(?:50|90|99) ({_NUMBER})",
    rf"\blongest ({_NUMBER})",
    r"too late for the next frame: (\d+)",
    rf"%\)  +({_NUMBER})(?= +[\d–]+ *$| *$)",  # `evaluate`: milliseconds a megapixel, behind the interval of recall
    rf"({_NUMBER} \({_NUMBER} - {_NUMBER}\))",  # `bench`: a median with its quartiles
    r"^nl_means took: (.*)$",
    r"^(.*) · # *$",  # `bench`: the processor, in front of its threads
    r"(?:numba|numpy|OpenCV|opencv-python|Python) +(\d\S*)",
    r" on (Linux \w+)$",
)
_PATTERNS = [re.compile(mask, re.MULTILINE) for mask in _MASKS]
_RUNS = re.compile(r"(?<=[ ─]) +|(?<=─)─+| +$", re.MULTILINE)


def masked(text: str) -> str:
    """The text with what is not compared as ``#``."""
    for pattern in _PATTERNS:
        text = pattern.sub(_hidden, text)
    return _RUNS.sub("", text)


def _hidden(found: re.Match[str]) -> str:
    whole, start = found[0], found.start()
    return whole[: found.start(1) - start] + "#" + whole[found.end(1) - start :]
