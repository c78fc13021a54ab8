"""A project that can be published, and people who may write or publish it."""

import io

import pytest
from django.utils.translation import override
from PIL import Image

from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.projects import changes
from stadtkern.systems.projects.content import Content


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def written(db):
    """A function that makes a project; it is a draft until a test publishes it."""

    def write(slug="brunnen", **told):
        told = {"title": "Brunnen", "summary": "Ein Brunnen.", "text": "Wasser für alle.",
                "themes": ("green",), "office": "Grünflächenamt", "citywide": True,
                **told}  # fmt: skip
        return changes.create("test", slug, Content(**told))

    return write


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in who has this role of the projects."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"projects.{role}"))
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def photo():
    """A JPEG as a telephone makes it: turned, and with the position in its EXIF."""
    picture = Image.new("RGB", (1800, 1200), "green")
    exif = picture.getexif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 32.0, 19.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif.tobytes(), comment=b"secret comment")
    return out.getvalue()
