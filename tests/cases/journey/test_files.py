"""Hostile files do no harm: made here, so that no scanner cries over what lies in the folder."""

import io
import socket
import struct
import threading
import zipfile
import zlib

import msgspec
import pikepdf
import pillow_heif
import pytest
from PIL import Image

from stadtkern.kernel import registry
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.documents import limits, names, scan, types
from stadtkern.kernel.cases.models import Document


def picture(kind="JPEG", size=(40, 30), **said):
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind, **said)
    return file.getvalue()


def pdf(change=None, **said):
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    file = io.BytesIO()
    made.save(file, **said)
    return file.getvalue()


def action(kind, **more):
    return pikepdf.Dictionary(S=pikepdf.Name(kind), **more)


def script(made):
    js = action("/JavaScript", JS=pikepdf.String("app.alert(1)"))
    made.Root.OpenAction = js
    made.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), js]))
    )


def launch(made):
    made.pages[0].obj.AA = pikepdf.Dictionary(O=action("/Launch", F=pikepdf.String("cmd.exe")))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Link"), Rect=[0, 0, 9, 9],
        A=action("/Launch", F=pikepdf.String("cmd.exe")),
    )  # fmt: skip
    made.pages[0].obj.Annots = made.make_indirect(pikepdf.Array([made.make_indirect(link)]))


def attached(made):
    made.attachments["evil.exe"] = b"MZ" * 100


def bomb(made):
    packed = zlib.compress(b"\0" * (limits.MOST_UNPACKED + 1024), 9)
    made.pages[0].obj.Contents = pikepdf.Stream(
        made, packed, Filter=pikepdf.Name("/FlateDecode")
    )  # fmt: skip


def zipped(name, content=b"x"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(name, content)
    return file.getvalue()


def png_header(width, height):
    """A picture that says it is huge and has nothing in it."""
    head = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name, data):
        return (
            struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
        )

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0"))
            + chunk(b"IEND", b""))  # fmt: skip


REFUSED = {
    "web page": b"<!doctype html><script>alert(1)</script>",
    "web page that says PDF later": b"<html>%PDF-1.7</html>",
    "drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "program": b"MZ\x90\0" + b"\0" * 200,
    "program for Linux": b"\x7fELF" + b"\0" * 200,
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "zip": zipped("a.txt"),
    "zip bomb": zipped("a.txt", b"\0" * 5_000_000),
    "office file with macros": zipped("word/vbaProject.bin"),
    "old office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "broken PDF": b"%PDF-1.7\n" + b"nothing" * 30,
    "PDF with a password": pdf(encryption=pikepdf.Encryption(user="a", owner="b")),
    "PDF that only its owner may change": pdf(encryption=pikepdf.Encryption(user="", owner="b")),
    "PDF that unpacks to far too much": pdf(bomb),
    "picture that says it is huge": png_header(60_000, 60_000),
    "picture with one very long side": png_header(100_000, 10),
    "picture that ends in the middle": picture()[:200],
    "GIF": b"GIF89a" + b"\0" * 100,
    "plain words": b"Sehr geehrte Damen und Herren",
    "malware test file": "".join(scan.EICAR).encode(),
    "malware test file inside of a picture": picture() + "".join(scan.EICAR).encode(),
    "nothing": b"",
}


@pytest.fixture
def add(ready):
    def give(content, name="datei.pdf", **said):
        return documents.add(ready, field="x", name=name, content=content, **said)

    return give


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_words(add, what):
    with pytest.raises(documents.NotTaken) as refused:
        add(REFUSED[what])
    assert len(str(refused.value)) > 20
    assert not Document.objects.exists()


@pytest.mark.parametrize("change", [script, launch, attached])
def test_what_acts_in_a_pdf_is_left_out(add, change):
    hostile = pdf(change)
    kept = documents.content(add(hostile))
    for word in (b"JavaScript", b"Launch", b"EmbeddedFile", b"cmd.exe", b"evil.exe"):
        assert word not in kept
    with pikepdf.open(io.BytesIO(kept)) as made:
        assert len(made.pages) == 1
        assert "/OpenAction" not in made.Root
        assert not list(made.attachments)


def test_an_ordinary_pdf_keeps_its_links(add):
    def link(made):
        one = pikepdf.Dictionary(Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Link"),
                                 Rect=[0, 0, 9, 9],
                                 A=action("/URI", URI=pikepdf.String("https://example.org")))  # fmt: skip
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(one)])

    with pikepdf.open(io.BytesIO(documents.content(add(pdf(link))))) as made:
        assert str(made.pages[0].obj.Annots[0].A.URI) == "https://example.org"


def test_a_photo_loses_where_and_with_what_it_was_taken(add):
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    kept = documents.content(add(picture(exif=exif.tobytes()), name="foto.jpg"))
    with Image.open(io.BytesIO(kept)) as seen:
        assert not dict(seen.getexif())
        # It was lying on its side, and stands upright now.
        assert seen.size == (30, 40)


def test_what_is_hidden_behind_a_picture_does_not_stay(add):
    kept = documents.content(add(picture() + b"<?php system('id'); ?>", name="a.jpg"))
    assert b"php" not in kept


def test_a_photo_of_a_phone_becomes_jpeg(add):
    pillow_heif.register_heif_opener()
    made = add(picture("HEIF"), name="IMG_1.HEIC", types_allowed=("image/jpeg",))
    assert (made.mime, made.name) == ("image/jpeg", "IMG_1.jpg")


def test_the_type_comes_from_the_content_and_must_be_one_of_the_field(add):
    assert add(picture("PNG"), name="schein.pdf").name == "schein.png"
    with pytest.raises(documents.NotTaken, match="PDF"):
        add(picture("PNG"), types_allowed=("application/pdf",))


@pytest.mark.parametrize(("given", "kept"), [
    ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\e\\Bescheid.pdf", "Bescheid.pdf"),
    ("a\u202efdp.exe", "afdp.pdf"), ("con.pdf", "datei.pdf"), ("", "datei.pdf"),
    ('x"; rm -rf.pdf', "x; rm -rf.pdf"), ("Größe.PDF", "Größe.pdf"), ("x" * 300, "x" * 120 + ".pdf"),
])  # fmt: skip
def test_names_are_harmless(given, kept):
    assert names.cleaned(given, "pdf") == kept


def test_a_file_and_a_case_have_a_limit(add, ready, monkeypatch):
    with pytest.raises(documents.NotTaken, match="10 MB"):
        add(b"%PDF-" + b"x" * limits.PER_FILE)
    monkeypatch.setattr("stadtkern.kernel.cases.documents.keep.PER_CASE", 900)
    add(picture())
    with pytest.raises(documents.NotTaken, match="Alle Dateien"):
        add(picture())
    assert documents.room_left(ready) > 0


def test_files_lie_sealed(add):
    made = add(picture())
    assert b"\xff\xd8\xff" not in bytes(made.content_sealed)
    assert documents.content(made).startswith(b"\xff\xd8\xff")
    made.scan = "refused"
    with pytest.raises(documents.NotTaken):
        documents.content(made)


@pytest.fixture
def clamd(monkeypatch):
    """A daemon that speaks INSTREAM, finds `virus` in a content, and can be struck dumb."""
    heard, say = [], {"dumb": False}
    server = socket.create_server(("127.0.0.1", 0))

    def run():
        while True:
            try:
                way, _who = server.accept()
            except OSError:
                return
            with way, way.makefile("rb") as file:
                assert file.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!I", file.read(4))[0]:
                    content += file.read(size)
                heard.append(content)
                if not say["dumb"]:
                    found = b"Evil.Test FOUND" if b"virus" in content else b"OK"
                    way.sendall(b"stream: " + found + b"\0")

    threading.Thread(target=run, daemon=True).start()
    address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    city = registry.city()
    told = msgspec.structs.replace(
        city, cases=msgspec.structs.replace(city.cases, scanner=address)
    )  # fmt: skip
    monkeypatch.setattr(registry, "_city", told)
    yield heard, say
    server.close()


def test_the_citys_scanner_sees_every_file_and_is_believed(add, clamd):
    heard, say = clamd
    content = picture(size=(900, 900), quality=100)
    add(content)
    assert heard == [content]
    with pytest.raises(documents.NotTaken):
        add(picture() + b"virus")
    # Without an answer nothing is taken.
    say["dumb"] = True
    with pytest.raises(documents.NotTaken):
        add(content)


def test_every_reader_is_for_a_type_that_has_a_name():
    assert set(types.READERS) - {"image/heic"} == set(types.ENDINGS)
