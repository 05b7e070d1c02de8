"""The evidence page is one file, says what the evidence says, and believes no text."""

import re

import pytest
from lxml import html as parser

from netwright.report.html import html
from netwright.report.model import Evidence

RDMA, LINE, NIGHT = "LosslessRdmaPath/hosp-train-1", "ElasticLine/branch-7", "TenantSlice/night"


@pytest.fixture
def page(evidence: Evidence) -> str:
    return html(evidence)


def test_the_page_asks_no_network_for_anything(page: str) -> None:
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!#)|url\(|@import|<script|<link\b""", page) == []
    assert set(re.findall(r"https?://[^\"'\s<]+", page)) == {"http://www.w3.org/2000/svg"}


def test_what_a_device_says_is_text(page: str) -> None:
    assert "<b>no & such</b>" not in page
    assert "&lt;b&gt;no &amp; such&lt;/b&gt;" in page
    assert "&lt;policy xmlns=&#34;urn:x&#34;&gt;" in page


def test_every_intent_has_a_section_that_the_overview_points_to(page: str) -> None:
    tree = parser.fromstring(page)
    targets = [link.get("href")[1:] for link in tree.xpath("//table//a")]
    assert targets == [section.get("id") for section in tree.xpath("//section[@id]")]
    assert [heading.text for heading in tree.xpath("//section[@id]//h2")] == [RDMA, LINE, NIGHT]


def test_a_promise_stands_beside_its_measurement(page: str) -> None:
    rows = [[cell.text_content() for cell in row] for row in parser.fromstring(page).xpath("//tr[td]")]
    (delay,) = (row for row in rows if row[0] == "one-way delay" and len(row) == 6)
    (goodput,) = (row for row in rows if row[0] == "goodput" and len(row) == 6)
    assert delay[1:4] == ["≤ 1.5 ms", "0.61 ms", "0.594 ms"]
    assert delay[4:] == ["iFIT, 1,200 samples2026-11-21T10:21:05Z", "success"]
    assert goodput[4:] == ["by formulanot measured", "unset"]


def test_a_broken_promise_is_open_and_its_worst_check_first(page: str) -> None:
    kept, broken, _ = parser.fromstring(page).xpath("//section[@id]")
    assert kept.xpath(".//details[@open]") == []
    (checks,) = broken.xpath(".//details[@open]")
    assert checks.xpath(".//td/span[starts-with(@class, 'state')]/text()") == ["failure", "error", "unset", "success"]


def test_the_verdict_is_one_sentence(page: str) -> None:
    assert "1 of 3 promises not kept or not shown" in page


def test_an_intent_that_is_not_active_says_until_when_and_not_that_nobody_looked(page: str) -> None:
    *_, asleep = parser.fromstring(page).xpath("//section[@id]")
    text = asleep.text_content()
    assert "not active until 2026-12-05T01:00+08:00" in text
    assert "Nobody looked" not in text
    assert "unset" not in text
    assert asleep.xpath(".//details[@open]") == []


def test_the_same_evidence_makes_the_same_page(page: str, evidence: Evidence) -> None:
    assert page == html(evidence)
