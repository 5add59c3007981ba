"""What buttons carry, read with distrust: a tap can be forged, or come from a card of another time."""


def row_id(code: str) -> int | None:
    """Return the row number a button names; None for anything that cannot be one."""
    return int(code) if code.isascii() and code.isdigit() and len(code) <= 18 else None
