"""The demo's workbench holds real tables with their real faults."""

import random

import pytest
from django.test import Client

from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.systems.data_improvement import demo
from stadtkern.systems.data_improvement.models import Examination, Improvement

pytestmark = pytest.mark.django_db


def test_the_demo_shows_an_improved_table_and_leaves_proposals_to_try():
    demo.fill(random.Random(1))
    demo.fill(random.Random(1))
    schools = Examination.objects.get(resource__slug="bildungseinrichtungen")
    assert schools.state == "done"
    assert schools.proposals.filter(state="open", kind="address", method="misspelled").exists()
    assert Examination.objects.filter(state="waiting").count() == 2
    assert not Dataset.objects.filter(invented=True).exists()
    made = Improvement.objects.get()
    assert made.cells > 50
    improved = Resource.objects.get(slug="bildungseinrichtungen-verbessert")
    assert improved.versions.get(current=True).rows <= schools.count
    page = Client().get(f"/bessere-daten/{made.pk}/").content.decode()
    assert "Stadt Bochum, Open Data (CC0 1.0)" in page
    assert "ausgeschrieben" in page
