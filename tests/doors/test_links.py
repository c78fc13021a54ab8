"""Every door that a resource names is open, with the media type that it names."""

import pytest
from doors.conftest import body

from stadtkern.kernel.catalogue.doors.links import distributions
from stadtkern.kernel.catalogue.models import Resource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.mark.parametrize("name", ["trees", "parks", "counts"])
def test_every_link_leads_somewhere(catalogue, client, name, django_assert_num_queries):
    resource = Resource.objects.select_related("dataset").get(pk=catalogue[name].pk)
    with django_assert_num_queries(0):
        found = distributions(resource)
    assert len(found) == (6 if name == "counts" else 10)
    for link in found:
        answer = client.get(link.url)
        assert answer.status_code == 200, (link.url, body(answer)[:300])
        assert answer["Content-Type"].partition(";")[0] in (link.media_type, "application/json")


def test_a_link_elsewhere_is_what_it_is(catalogue):
    dataset = catalogue["trees"].dataset
    resource = Resource(
        dataset=dataset, slug="x", kind="link", url="https://example.org/x", title="X"
    )
    (link,) = distributions(resource)
    assert (link.url, link.is_api) == ("https://example.org/x", False)


def test_the_doors_are_gone_when_the_portal_is_off(catalogue, client, switched_off):
    switched_off("open_data")
    for link in distributions(catalogue["trees"]):
        assert client.get(link.url).status_code == 404
