"""Tables of other diaries: which column is which, which way the dates go; asked, never guessed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.days_csv import as_csv, columns, rows
from bot.domain.other_diaries import Table, as_document, read_table
from bot.domain.takeout import Mistake, Takeout, read
from tests.diaries import DAY, NOW, a_day


def understood(text: str) -> Table:
    found = read_table(text.encode(), NOW)
    assert isinstance(found, Table), found
    return found


def days(text: str) -> dict[str, int]:
    (reading,) = understood(text).readings
    return {day.isoformat(): score for day, score in reading.scores.items()}


@pytest.mark.parametrize(
    ("text", "day", "score"),
    [
        ("Date,Pain Level,Notes\n2026-02-01,7,x\n", "Date", "Pain Level"),
        ("Datum;Stärke;Ort\n01.02.2026;7;Stirn\n", "Datum", "Stärke"),
        ("Fecha\tIntensidad del dolor\n2026/2/1\t7\n", "Fecha", "Intensidad del dolor"),
        ("date de début;date de fin;Intensité\n2026-02-01;2026-02-02;7\n", "date de début", "Intensité"),
        ("Дата,Сила боли\n2026-02-01,7\n", "Дата", "Сила боли"),
        ("start,end,type,pain\n2026-02-01 08:00,2026-02-01 12:00,tension,7/10\n", "start", "pain"),
        ("headache type,headache,date\nmigraine,7,2026-02-01T08:00:00Z\n", "date", "headache"),
        ("Day,Back pain,Headache\n2026-02-01,2,7\n", "Day", "Headache"),
        ("\ufeffDate,Severity\n2026-02-01,7.0\n", "Date", "Severity"),
    ],
)
def test_the_columns_are_found_by_name_and_content(text: str, day: str, score: str) -> None:
    found = understood(text)
    assert (found.day_column, found.score_column) == (day, score)
    assert days(text) == {"2026-02-01": 7}


def test_other_encodings_are_read() -> None:
    for encoding in ("utf-16", "cp1252"):
        found = read_table("Datum;Schmerzstärke\n01.02.2026;7\n".encode(encoding), NOW)
        assert isinstance(found, Table)
        assert found.score_column == "Schmerzstärke"


def test_our_own_table_is_one_of_them() -> None:
    diary = a_day({"headache": 7, "back": 3})
    found = read_table(as_csv(columns(diary), rows(diary, DAY)), NOW)
    assert isinstance(found, Table)
    assert found.readings[0].scores == {DAY: 7}


def test_one_date_that_can_be_no_month_tells_for_the_whole_file() -> None:
    assert days("date,pain\n03/02/2026,1\n25/02/2026,2\n") == {"2026-02-03": 1, "2026-02-25": 2}
    assert days("date,pain\n02/03/2026,1\n02/25/2026,2\n") == {"2026-02-03": 1, "2026-02-25": 2}
    assert days("date,pain\n02.01.2026,1\n") == {"2026-01-02": 1}, "with dots the day comes first"
    assert days("date,pain\n02/02/2026,1\n") == {"2026-02-02": 1}, "either way it is the same day"


def test_a_date_to_come_tells_too() -> None:
    assert days("date,pain\n02/03/2026,1\n01/04/2026,2\n") == {"2026-02-03": 1, "2026-01-04": 2}


def test_where_nobody_can_tell_there_are_two_readings() -> None:
    first, second = understood("date,pain\n02/01/2026,5\n").readings
    assert (first.scores, second.scores) == ({date(2026, 1, 2): 5}, {date(2026, 2, 1): 5})


def test_a_day_has_its_worst_headache_and_rows_without_a_score_stay_out() -> None:
    text = "date,pain\n2026-02-01,3\n2026-02-01,8\n2026-02-01,5\n2026-02-02,\n2026-02-03,0\n,4\n"
    assert days(text) == {"2026-02-01": 8, "2026-02-03": 0}
    assert understood(text).unread == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "columns"),
        ("date,pain\n", "columns"),
        ("a,b\n2026-02-01,3\n", "columns"),
        ("date,mood\n2026-02-01,3\n", "columns"),
        ("date,pain,pain after\n2026-02-01,3,4\n", "columns"),
        ("date,severity\n2026-02-01,mild\n", "columns"),
        ("date,pain\n2026-02-01,11\n2026-02-02,3\n", "scores"),
        ("date,pain\n2026-02-01,-1\n2026-02-02,3\n", "scores"),
        ("date,pain\n2026-02-01,3\nyesterday,3\n", "dates"),
        ("date,pain\n2026-02-30,3\n", "dates"),
        ("date,pain\n13/13/2026,3\n", "dates"),
        ("date,pain\n2027-02-01,3\n", "dates"),
        ("date,pain\n1926-02-01,3\n", "dates"),
        ("date,pain\n02/25/2026,3\n25/02/2026,3\n", "dates"),
        ("date,pain\n" + "2026-02-01,3\n" * 60_000, "too_big"),
    ],
)
def test_what_cannot_be_understood_is_refused(text: str, why: str) -> None:
    found = read_table(text.encode(), NOW)
    assert isinstance(found, Mistake)
    assert found.why == why, found


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f"date,pain\n{text}".encode(errors="replace")))
def test_whatever_comes_is_understood_or_refused(content: bytes) -> None:
    assert isinstance(read_table(content, NOW), Table | Mistake)


def test_it_is_a_diary_then_that_can_be_read() -> None:
    (reading,) = understood("date,pain\n2026-02-01,3\n2026-02-03,0\n").readings
    document = as_document(reading, "Europe/Berlin", NOW)
    assert isinstance(read(document.as_json(), NOW), Takeout)
    first = document.checkins[0]
    assert (first.late, first.answers["headache"].source, first.page) == (True, "import", "back")


def test_what_is_asked_is_a_date_that_both_readings_have_differently() -> None:
    table = understood("date,pain\n01/01/2025,5\n02/02/2025,5\n03/03/2025,5\n04/05/2025,5\n")
    assert table.unclear == ("04/05/2025", date(2025, 5, 4), date(2025, 4, 5))
