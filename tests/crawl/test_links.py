"""Links never break: every page of the demo city is there, in the language that it promises."""

import pytest
from crawl.crawler import Crawler, Limits

STARTS = ("/", "/en/", "/dashboard/", "/data/", "/statistik/", "/projekte/", "/sitemap.xml",
          "/robots.txt")  # fmt: skip
FEW = Limits(alike=2, beside=8, asked=1, pages=260, seconds=600)
MANY = Limits(alike=4, beside=30, asked=2, pages=900, seconds=1200)


def told(found):
    return "\n".join(["", *found.broken])


@pytest.mark.browser
def test_a_visitor_never_follows_a_link_to_nowhere(visitor, base):
    found = Crawler(visitor(), base, FEW).visit(*STARTS)
    assert not found.broken, told(found)
    assert len(found.pages) > 100
    assert {"de", "en"} <= {page.lang for page in found.pages.values()}
    assert {"application/xml", "application/geo+json", "text/css"} <= set(found.kinds)


@pytest.mark.slow
def test_no_public_link_leads_nowhere(visitor, base):
    found = Crawler(visitor(), base, MANY).visit(*STARTS)
    assert not found.broken, told(found)
    assert len(found.pages) > 500


@pytest.mark.slow
def test_no_link_of_the_staff_leads_nowhere(visitor, base):
    staff = "/staff/", "/en/staff/", "/account/"
    found = Crawler(visitor("administrator"), base, MANY).visit(*staff)
    assert not found.broken, told(found)
    assert len(found.pages) > 100
