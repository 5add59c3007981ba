"""What lies under the diary: which file systems are trusted, the room that is held back, a file that is taken away."""

from pathlib import Path

import pytest

from bot.store.disk import BALLAST, DiaryGone, Disk, network_file_system

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:40 / /mnt/share rw shared:5 - nfs4 nas:/export rw
31 22 0:41 / /mnt/usb\\040stick rw - fuseblk /dev/sdb1 rw
32 30 0:42 / /mnt/share/local rw - xfs /dev/sdc1 rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/headsup.db", None),
        ("/mnt/share/headsup.db", "nfs4"),
        ("/mnt/share/data/headsup.db", "nfs4"),
        ("/mnt/share/local/headsup.db", None),
        ("/mnt/shared/headsup.db", None),
        ("/mnt/usb stick/headsup.db", "fuseblk"),
    ],
)
def test_the_nearest_mount_decides(tmp_path: Path, path: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert network_file_system(Path(path), mounts) == kind


def test_where_nobody_can_tell_it_is_trusted(tmp_path: Path) -> None:
    assert network_file_system(tmp_path, tmp_path / "no such file") is None


def test_room_is_held_back_and_given(tmp_path: Path) -> None:
    file = tmp_path / "headsup.db"
    file.touch()
    disk = Disk(file)
    disk.keep_ballast()
    disk.keep_ballast()
    (ballast,) = tmp_path.glob("*.ballast")
    assert ballast.stat().st_blocks * 512 >= BALLAST, "really taken, not only promised"
    disk.release_ballast()
    disk.release_ballast()
    assert not ballast.exists()


def test_a_file_that_is_taken_away_or_replaced_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "headsup.db"
    file.touch()
    disk = Disk(file)
    disk.must_be_there()
    kept = file.rename(tmp_path / "aside")
    with pytest.raises(DiaryGone):
        disk.must_be_there()
    file.touch()
    with pytest.raises(DiaryGone):
        disk.must_be_there()
    kept.replace(file)
    disk.must_be_there()
