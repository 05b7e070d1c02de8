"""Templates of one's own, wrong templates, and intents that cannot both be true."""

from __future__ import annotations

from pathlib import Path

import pytest

from netwright.diagnostics import Diagnostics
from netwright.platforms.base import Status
from netwright.platforms.registry import PLATFORMS
from netwright.render.engine import construct_name, plain, render
from netwright.render.templates import Library, MissingTemplate, TemplateError, library, unverified_constructs
from netwright.services.model import FlexeClient, Fragment, IsisCircuit, SrPolicy, StaticRoute, Vrf
from netwright.tree import Leaf

A, B = "TenantSlice/a", "TenantSlice/b"
FRR = PLATFORMS["frr"]
HEADER = "{#-\nconstruct: static_route\nsource: somewhere@2026\nstatus: proven\n-#}\n"
ROUTE = StaticRoute("red", "10.9.0.0/16", "10.1.0.2")


def fragment(owner: str = A, route: StaticRoute = ROUTE, **because: str) -> Fragment:
    return Fragment("pe1", owner, route, because)


def own(tmp_path: Path, text: str, name: str = "frr/static_route.cfg.j2") -> Library:
    """A library in which the user words one construct."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return library(tmp_path)


def leaves(templates: Library, *fragments: Fragment) -> dict[tuple[str, ...], Leaf]:
    found = Diagnostics()
    made = render(fragments, FRR, templates, found)
    assert not found.found
    return dict(made.leaves)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Vrf, "vrf"), (SrPolicy, "sr_policy"), (IsisCircuit, "isis_circuit"), (FlexeClient, "flexe_client")],
)
def test_a_template_is_called_like_its_construct(kind: type, name: str) -> None:
    assert construct_name(kind) == name


def test_what_two_want_alike_has_two_owners() -> None:
    made = leaves(library(), fragment(A), fragment(B))
    assert made
    assert {leaf.owners for leaf in made.values()} == {frozenset({A, B})}


def test_what_two_want_differently_is_refused(tmp_path: Path) -> None:
    text = HEADER + "router bgp 65000\n bgp router-id {{ next_hop }}\nexit\n"
    found = Diagnostics()
    other = StaticRoute("red", "10.9.0.0/16", "10.1.0.3")
    made = render([fragment(A), fragment(B, other), fragment(B)], FRR, own(tmp_path, text), found)
    assert [str(one) for one in found.found] == [
        (
            f"error[conflicting-intents] {B} wants 'bgp router-id 10.1.0.3' on pe1 where {A} wants "
            "'bgp router-id 10.1.0.2', at /router bgp 65000/bgp router-id\n"
            "  hint: the two intents cannot both be true on pe1: change one of them"
        )
    ]
    assert "bgp router-id 10.1.0.2" in {leaf.value for leaf in made.leaves.values()}


def test_the_users_template_comes_before_ours(tmp_path: Path) -> None:
    text = HEADER + "vrf {{ vrf }}\n ip route {{ prefix }} {{ next_hop }} 250\nexit-vrf\n"
    before, after = leaves(library(), fragment()), leaves(own(tmp_path, text), fragment())
    assert "ip route 10.9.0.0/16 10.1.0.2 250" in {leaf.value for leaf in after.values()}
    assert before.keys() != after.keys() or {x.value for x in before.values()} != {x.value for x in after.values()}
    (origin,) = {o.template for leaf in after.values() for o in leaf.origins}
    assert origin == "templates/frr/static_route.cfg.j2"
    vrf = library(tmp_path).wordings("frr", "vrf", FRR.parts)
    assert vrf == library().wordings("frr", "vrf", FRR.parts)  # the others are still ours


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vrf {{ vrf }}\n", r"frr/static_route\.cfg\.j2:1 must begin with a comment that states construct, source"),
        ("{#-\nconstruct: a\nstatus: proven\n-#}\nvrf a\n", r":1 must begin with a comment"),
        (HEADER.replace("proven", "sure"), r":1 states `sure`; a status is one of validated, proven"),
        (HEADER + "vrf a  {# status: sure, source: x #}\n", r":6 states `sure`"),
        (HEADER + "{% for x in prefix %}\nvrf a\n", r"static_route\.cfg\.j2:\d+ is no template"),
        (HEADER + "vrf {{ vfr }}\n", r"static_route\.cfg\.j2:6 cannot be filled in: 'vfr' is undefined"),
        (HEADER + "vrf a\nvrf {{ vrf + 1 }}\n", r"static_route\.cfg\.j2:7 cannot be filled in: .*str"),
        (HEADER + "vrf {{ vrf | nosuch }}\n", r"static_route\.cfg\.j2:6 is no template: No filter named 'nosuch'"),
    ],
)
def test_a_wrong_template_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        leaves(own(tmp_path, text), fragment())


def test_what_the_platform_cannot_read_back_is_never_sent(tmp_path: Path) -> None:
    templates = own(tmp_path, HEADER + "\nreboot {{ vrf }}\n", "frr/static_route.linux.j2")
    with pytest.raises(
        TemplateError, match=r"linux\.j2:7 wrote what frr cannot read back, for TenantSlice/a: .*reboot red"
    ):
        leaves(templates, fragment())


def test_a_construct_without_wording_says_so() -> None:
    with pytest.raises(MissingTemplate, match="no template templates/zte/sr_policy"):
        library().wordings("zte", "sr_policy", ("cfg",))
    assert not library().has("zte", "sr_policy", ("cfg",))


def test_the_doubtful_line_carries_its_own_status(tmp_path: Path) -> None:
    text = (
        HEADER
        + "vrf {{ vrf }}\n ip route {{ prefix }} {{ next_hop }}  {# status: unverified, source: a hint #}\nexit-vrf\n"
    )
    found = Diagnostics()
    made = render([fragment()], FRR, own(tmp_path, text), found)
    status = {
        leaf.value: made.provenance[origin.template, origin.line]
        for leaf in made.leaves.values()
        for origin in leaf.origins
    }
    route = next(value for value in status if value.startswith("ip route"))
    assert (status[route].status, status[route].source) == (Status.UNVERIFIED, "a hint")
    assert {known.status for value, known in status.items() if value != route} == {Status.PROVEN}
    assert unverified_constructs(own(tmp_path, text), FRR).count("static_route") == 1


def test_attributes_behind_loops_and_sets_are_reasons(tmp_path: Path) -> None:
    text = (
        HEADER
        + "vrf {{ vrf }}\n{% set target = next_hop %}\n{% for one in [prefix] %}\n"
        + " ip route {{ one }} {{ target }}\n{% endfor %}\nexit-vrf\n"
    )
    made = leaves(own(tmp_path, text), fragment(prefix="spec.routes", next_hop="spec.via", vrf="metadata.name"))
    because = {leaf.value.partition(" ")[0]: dict(leaf.origins[0].because) for leaf in made.values()}
    assert because["ip"] == {"prefix": "spec.routes", "next_hop": "spec.via"}
    block = next(leaf for path, leaf in made.items() if path == ("vrf red",))
    assert dict(block.origins[0].because) == {"vrf": "metadata.name"}


def test_a_line_that_writes_several_owns_them_all(tmp_path: Path) -> None:
    text = (
        HEADER
        + "hostname x\nvrf {{ vrf }}\n{{ ' ip route ' ~ prefix ~ ' a\\n ip route ' ~ prefix ~ ' b' }}\nexit-vrf\n"
    )
    made = leaves(own(tmp_path, text), fragment())
    lines = {leaf.value: leaf.origins[0].line for leaf in made.values()}
    assert lines["ip route 10.9.0.0/16 a"] == lines["ip route 10.9.0.0/16 b"] == 8


def test_an_empty_rendering_is_no_line(tmp_path: Path) -> None:
    assert leaves(own(tmp_path, HEADER + "{% if not vrf %}\nvrf a\n{% endif %}\n"), fragment()) == {}


def test_plain_text_has_no_marks() -> None:
    context = {"vrf": "red", "prefix": "10.9.0.0/16", "next_hop": "10.1.0.2"}
    for text in plain(FRR, "static_route", context, library()).values():
        assert "\x1f" not in text
        assert "10.9.0.0/16" in text
