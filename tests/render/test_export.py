"""The ZIP: the same diary at the same instant is the same file, byte for byte, dated by the export."""

from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

from hypothesis import HealthCheck, given, settings

from bot.domain.takeout import Takeout
from bot.render.export import archive
from bot.texts.words import texts_for
from tests.diaries import DAY, NOBODY, an_empty_diary, diaries

EN = texts_for("en")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(diaries())
def test_the_same_diary_is_the_same_file(diary: Takeout) -> None:
    content = archive(EN, diary, DAY, NOBODY)
    again = Takeout.model_validate_json(diary.as_json())
    assert archive(EN, again, DAY, NOBODY) == content
    with ZipFile(BytesIO(content)) as packed:
        assert {entry.date_time for entry in packed.infolist()} == {(2026, 3, 2, 12, 0, 0)}
        assert packed.read("headsup.json") == diary.as_json()


def test_another_person_is_another_number_and_nothing_else() -> None:
    found = [archive(EN, an_empty_diary(), DAY, UUID(int=number)) for number in (1, 2)]
    names = ZipFile(BytesIO(found[0])).namelist()
    one, other = (ZipFile(BytesIO(content)) for content in found)
    assert [name for name in names if one.read(name) != other.read(name)] == ["fhir.json"]
