"""What comes in as a folder or a ZIP: real ones open, hostile ones are refused with the remedy."""

import stat
import zipfile

import pytest

from review.casework.uploads import inspection_folder, unpack
from review.errors import InputError


def packed(tmp_path, members):
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as sink:
        for name, content in members.items():
            sink.writestr(name, content)
    return archive


def opened(tmp_path, archive):
    target = tmp_path / "out"
    target.mkdir()
    return unpack(archive, target)


def test_a_zip_of_an_inspection_opens_at_its_parts(tmp_path):
    archive = packed(tmp_path, {"claims/mdtrt_d.csv": "a,b", "__MACOSX/x": "", "records/1/病历.txt": "文"})
    folder = opened(tmp_path, archive)
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*")) == [
        "claims/mdtrt_d.csv",
        "records/1/病历.txt",
    ]


def test_a_zip_with_one_folder_around_everything_opens_inside_it(tmp_path):
    folder = opened(tmp_path, packed(tmp_path, {"某院检查/claims/mdtrt_d.csv": "a"}))
    assert folder.name == "某院检查"


def test_file_names_of_chinese_windows_are_read(tmp_path):
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as sink:
        info = zipfile.ZipInfo("records/1/XXXX.txt")
        sink.writestr(info, "文")
    raw = archive.read_bytes().replace(b"XXXX", "病历".encode("gbk"))
    archive.write_bytes(raw)
    folder = opened(tmp_path, archive)
    assert [file.name for file in folder.rglob("*.txt")] == ["病历.txt"]


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/outside", "claims/../../outside", "C:\\outside", "..\\outside"]
)
def test_a_path_that_leaves_the_folder_is_refused_and_writes_nothing_outside(tmp_path, name):
    archive = packed(tmp_path, {"claims/a.csv": "a", name: "x"})
    with pytest.raises(InputError, match="指向文件夹之外"):
        opened(tmp_path, archive)
    assert not [file for file in tmp_path.rglob("*outside*") if file.is_file()]


def test_a_link_inside_a_zip_is_refused(tmp_path):
    archive = tmp_path / "in.zip"
    info = zipfile.ZipInfo("claims/link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as sink:
        sink.writestr(info, "/etc/passwd")
    with pytest.raises(InputError, match="指向文件夹之外"):
        opened(tmp_path, archive)


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(tmp_path):
    archive = packed(tmp_path, {"claims/a.csv": b"0" * (450 * 1024 * 1024)})
    with pytest.raises(InputError, match="解开后过大"):
        opened(tmp_path, archive)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_zip_or_no_inspection_says_what_to_do(tmp_path):
    broken = tmp_path / "in.zip"
    broken.write_bytes(b"not a zip")
    with pytest.raises(InputError, match="不是完整的 ZIP"):
        opened(tmp_path, broken)
    with pytest.raises(InputError, match="没有 claims 或 records"):
        unpack(packed(tmp_path, {"readme.txt": "x"}), tmp_path / "out")


def test_a_damaged_zip_is_refused(tmp_path):
    archive = packed(tmp_path, {"claims/a.csv": "a" * 10_000})
    raw = bytearray(archive.read_bytes())
    raw[45:60] = bytes(15)
    archive.write_bytes(raw)
    with pytest.raises(InputError, match="ZIP"):
        opened(tmp_path, archive)


@pytest.mark.parametrize("path", ["", "relative/path", "/no/such/folder"])
def test_a_server_path_that_cannot_be_used_says_what_to_do(path):
    with pytest.raises(InputError, match="路径"):
        inspection_folder(path)


def test_a_server_path_is_taken_as_it_stands(inspection):
    assert inspection_folder(str(inspection)) == inspection
