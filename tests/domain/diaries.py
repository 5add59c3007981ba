"""Diaries made by hand, back pain beside headache, with their counts: "x" hurt, "." did not, "?" was not answered."""

from collections.abc import Sequence

WITH_BACK_PAIN = (
    ("...x...", "...x..."),  # a headache on 1 of 1 day with back pain, on 0 of 6 without
    ("x..x..x", "x.x...."),  # 1 of 3, 1 of 4
    ("x.x....", "x.x..x."),  # 2 of 2, 1 of 5
    ("..xxxxx", "..xxx.."),  # 3 of 5, 0 of 2
    ("...x..x", ".xxx.xx"),  # 2 of 2, 3 of 5
    ("..x.xx.", "..x.x.."),  # 2 of 3, 0 of 4
    ("x...x..", "x...x.x"),  # 2 of 2, 1 of 5
    (".xx....", ".x....."),  # 1 of 2, 0 of 5
)
"""Eight weeks from a Monday on: 14 of 20 days with, 6 of 36 without."""

WITHOUT_BACK_PAIN = (
    ("...x...", "..x.xx."),  # 0 of 1, 3 of 6
    ("xxxx..x", "......."),  # 0 of 5, 0 of 2
    ("x.x....", "xxxxx.."),  # 2 of 2, 3 of 5
    ("..xxxxx", "xx....."),  # 0 of 5, 2 of 2
    ("x..x..x", ".xx.x.."),  # 0 of 3, 3 of 4
    ("..x.xx.", "xx...xx"),  # 1 of 3, 3 of 4
    ("x.x.x..", ".x...x."),  # 0 of 3, 2 of 4
    (".xx....", "x..x.xx"),  # 0 of 2, 4 of 5
)
"""3 of 24 days with back pain, 20 of 32 without."""

ALSO_THE_DAY_AFTER = (
    # On the day itself, with and without back pain; on the day after a day with it and after one without.
    ("xxxxx..", "xxxxxx."),  # 5 of 5, 1 of 2; 5 of 5, 0 of 1
    ("..x....", "...x.x."),  # 0 of 1, 2 of 6; 1 of 1, 1 of 6
    ("...x.x.", "...x.xx"),  # 2 of 2, 1 of 5; 1 of 2, 2 of 5
    (".xxx..x", ".xxx..x"),  # 4 of 4, 0 of 3; 2 of 3, 2 of 4
    (".x...x.", ".x...x."),  # 2 of 2, 0 of 5; 0 of 3, 2 of 4
    ("..xx...", "..xx..."),  # 2 of 2, 0 of 5; 1 of 2, 1 of 5
    ("xx...x.", ".xx..xx"),  # 2 of 3, 2 of 4; 3 of 3, 1 of 4
    (".x..xx.", ".xx..x."),  # 2 of 3, 1 of 4; 2 of 3, 1 of 4
    (".x.....", "..x..xx"),  # 0 of 1, 3 of 6; 1 of 1, 2 of 6
    ("..x...x", "..xx..x"),  # 2 of 2, 1 of 5; 1 of 1, 2 of 6
    ("....xx.", "x...xxx"),  # 2 of 2, 2 of 5; 3 of 3, 1 of 4
    ("...x...", "...x..."),  # 1 of 1, 0 of 6; 0 of 1, 1 of 6
)
"""24 of 28 and 13 of 56 on the day itself; 20 of 28 and 16 of 55 on the day after."""

RHYTHMS = ("x..x...x" * 7, ".x.x..x" * 8)
"""A rhythm of eight beside one of seven: in 56 days each day of the one meets each of the other once. So 9 of 21 and 15
of 35, three in seven either way."""

TOGETHER = "x..xx..x.x" * 5 + "x..xx."
"""28 of 56 days: five of every ten, and three of the last six; once for the back and once for the head."""


def whole(weeks: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return weeks of back pain and headache as one string each."""
    backs, heads = zip(*weeks, strict=True)
    return "".join(backs), "".join(heads)
