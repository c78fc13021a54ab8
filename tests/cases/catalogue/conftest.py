"""What is said is said in German."""

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield
