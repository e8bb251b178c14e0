"""Numbers as people read them."""

from __future__ import annotations


def score_text(value: float) -> str:
    """Return a score in text: a whole number as it is, any other with four significant digits; commas at thousands.

    Examples
    --------
    >>> score_text(12345.0), score_text(3.14159), score_text(1234.56)
    ('12,345', '3.142', '1,235')
    """
    # an exponent, as 1.235e+03, is no number of people; below a ten-thousandth it is all there is
    whole = float(value).is_integer() or abs(value) >= 1000
    return f"{value:,.0f}" if whole else f"{value:.4g}"


def count_text(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> count_text(1, "thread"), count_text(2, "thread")
    ('1 thread', '2 threads')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"
