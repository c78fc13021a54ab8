"""An archive or folder made to do harm harms nothing."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile

import pytest

from stadtkern.kernel.devices.repository import Unusable, archive, folder, run
from stadtkern.kernel.devices.repository.files import FileProblem

INDEX = b"vendors: []\n"


def zip_with(entries, compression=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as made:
        made.writestr("vendor/index.yaml", INDEX)
        for name, content in entries:
            made.writestr(name, content)
    held.seek(0)
    return held


def link(name, to):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/evil.yaml", "leads out"),
        ("/etc/evil.yaml", "leads out"),
        ("vendor/..\\..\\evil.yaml", "leads out"),
        ("C:/evil.yaml", "leads out"),
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_refused(name, reason):
    files = archive(zip_with([(name, b"x: 1")]))
    assert files.names == {"vendor/index.yaml"}
    assert reason in files.problems[0].reason


def test_a_link_in_an_archive_is_refused():
    files = archive(zip_with([link("vendor/x.yaml", "/etc/passwd")]))
    assert [p.reason for p in files.problems] == ["A link to another file."]


def test_a_link_in_a_folder_is_not_followed(tmp_path):
    secret = tmp_path / "secret.yaml"
    secret.write_text("name: secret")
    root = tmp_path / "repository"
    (root / "vendor").mkdir(parents=True)
    (root / "vendor/index.yaml").write_bytes(INDEX)
    (root / "vendor/linked.yaml").symlink_to(secret)
    (root / "vendor/out").symlink_to(tmp_path, target_is_directory=True)
    files = folder(root)
    assert files.names == {"vendor/index.yaml"}
    assert {p.path for p in files.problems} == {"vendor/linked.yaml", "vendor/out"}


def test_a_file_that_becomes_a_link_while_it_is_read_is_not_followed(tmp_path):
    (tmp_path / "a.yaml").write_text("x: 1")
    files = folder(tmp_path)
    (tmp_path / "a.yaml").unlink()
    (tmp_path / "a.yaml").symlink_to("/etc/passwd")
    with pytest.raises(FileProblem):
        files.read("a.yaml")


def test_a_pipe_in_a_folder_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "a.yaml")
    with pytest.raises(FileProblem):
        folder(tmp_path).read("a.yaml")


def test_a_bomb_is_refused_by_what_it_says_of_itself():
    files = archive(zip_with([("vendor/bomb.yaml", b"\0" * 50_000_000)]))
    assert files.names == {"vendor/index.yaml"}
    assert "2 MB" in files.problems[0].reason


def test_a_bomb_that_lies_about_its_length_fills_no_memory():
    held = bytearray(zip_with([("vendor/bomb.yaml", b"\0" * 50_000_000)]).getvalue())
    true, small = struct.pack("<L", 50_000_000), struct.pack("<L", 1000)
    files = archive(io.BytesIO(bytes(held.replace(true, small))))
    tracemalloc.start()
    with pytest.raises(FileProblem):
        files.read("vendor/bomb.yaml")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_list_of_a_million_names_is_refused_before_it_is_read():
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 80_000_000, 0, 0)
    with pytest.raises(Unusable, match="60,000"):
        archive(io.BytesIO(b"\0" * 100 + end))


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no zip at all" * 100, b"PK\x05\x06" + b"\0" * 17]
)
def test_what_is_no_zip_is_said_to_be_none(content):
    with pytest.raises(Unusable, match="zip"):
        archive(io.BytesIO(content))


def test_a_damaged_zip_is_told_by_file(zipped):
    middle = len(zipped) // 2
    damaged = zipped[:middle] + bytes(200) + zipped[middle + 200 :]
    report = run(archive(io.BytesIO(damaged)), dry=True)
    assert report.problems
    assert report.devices > 5


def test_a_javascript_file_outside_the_vendors_folder_is_not_read(tmp_path):
    (tmp_path / "vendor/muster").mkdir(parents=True)
    (tmp_path / "vendor/index.yaml").write_bytes(INDEX)
    (tmp_path / "vendor/secret.js").write_text("function decodeUplink() {}")
    (tmp_path / "vendor/muster/index.yaml").write_text("endDevices: []")
    (tmp_path / "vendor/muster/a-codec.yaml").write_text(
        "uplinkDecoder: {fileName: ../secret.js}\n"
    )
    report = run(folder(tmp_path), dry=True)
    assert (report.codecs, "leads out" in report.problems[0].reason) == (0, True)
