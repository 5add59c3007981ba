"""What buttons carry, read with distrust: a tap can be forged, or come from a card of another time."""


def number_of(code: str) -> int | None:
    """Return the whole number a button or command carries; None for anything that cannot be a row's or a count."""
    return int(code) if code.isascii() and code.isdigit() and len(code) <= 18 else None
