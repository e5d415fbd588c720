"""Quantities of Kubernetes, such as `500m` and `1Gi`: read, and written as the API server writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_QUANTITY = re.compile(r"(?P<number>\d+(\.\d+)?)(?P<unit>[a-zA-Z]*)")
UNITS = (("m", "", "k", "M", "G", "T", "P", "E"), ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))
"""Units in ascending order, each 1000 or 1024 of the one before."""


def canonical_quantity(number: str, unit: str) -> str:
    """Return a quantity as the API server writes it: `1024Mi` is `1Gi`, `1000m` is `1`."""
    base, units = (1024, UNITS[1]) if unit.endswith("i") else (1000, UNITS[0])
    amount, index = int(number), units.index(unit)
    while amount and amount % base == 0 and index < len(units) - 1:
        amount, index = amount // base, index + 1
    return f"{amount}{units[index]}"


def parse_quantity(text: str) -> Decimal:
    """Return a quantity as a number; 0 for what is none."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return Decimal(0)
    number, unit = Decimal(match["number"]), match["unit"]
    if unit in UNITS[0]:
        return number * Decimal(1000) ** (UNITS[0].index(unit) - 1)
    return number * Decimal(1024) ** UNITS[1].index(unit) if unit in UNITS[1] else Decimal(0)


def format_quantity(amount: Decimal) -> str:
    """Return a number as a quantity."""
    if amount and amount % 1024 == 0:
        return canonical_quantity(str(int(amount // 1024)), "Ki")
    return canonical_quantity(str(int(amount * 1000)), "m") if amount else "0"
