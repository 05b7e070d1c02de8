"""The whole reference network, worded: every line has its template line, its owner and its reasons."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined

from netwright.diagnostics import Diagnostics
from netwright.platforms.base import Platform, join_parts, read_tree, write_parts
from netwright.platforms.registry import FILTERS, PLATFORMS
from netwright.render.engine import Rendered, construct_name, plain, render
from netwright.render.templates import library, shipped_templates
from netwright.services.design import Design
from netwright.services.model import Construct, Fragment
from netwright.topology.model import Topology
from netwright.tree import Origin, tree_of
from netwright.workspace import Network

LIBRARY = library()
HEADER = re.compile(r"\A\{#-?.*?-?#\}\n?", re.DOTALL)


def plain_source(file: Path) -> str:
    """A template without the comments at the ends of its lines: jinja alone would take the newline away with them."""
    return re.sub(r"(?m)(?<=\S)[ \t]*\{#-?[ \t]*status:.*?#\}$", "", file.read_text(encoding="utf-8"))


def unmarked(platform: str) -> Environment:
    """The templates as jinja reads them, with nothing of ours in between."""
    folder = shipped_templates()
    constructs = {file.name: plain_source(file) for file in (folder / platform).glob("*.j2")}
    shared = {str(file.relative_to(folder)): plain_source(file) for file in (folder / platform).glob("shared/*.j2")}
    environment = Environment(
        loader=DictLoader(constructs | shared),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(FILTERS[platform])
    return environment


ENVIRONMENTS = {platform: unmarked(platform) for platform in PLATFORMS}


def facts(construct: Construct) -> dict[str, object]:
    return {field.name: getattr(construct, field.name) for field in fields(construct)}


@pytest.fixture(scope="module")
def rendered(reference_network: Network, reference_design: Design) -> dict[str, Rendered]:
    found = Diagnostics()
    made = {
        name: render(reference_design.fragments[name], pack, LIBRARY, found)
        for name, pack in reference_network.platforms.items()
    }
    assert not found.found
    return made


def constructs(design: Design, topology: Topology) -> dict[tuple[str, str], list[Fragment]]:
    """Fragments by platform and template name."""
    found: dict[tuple[str, str], list[Fragment]] = defaultdict(list)
    for device, fragments in design.fragments.items():
        for fragment in fragments:
            found[topology.nodes[device].platform, construct_name(type(fragment.construct))].append(fragment)
    return found


def test_marks_change_nothing_of_the_text(reference_design: Design, reference_network: Network) -> None:
    """The marks that make lines explainable are invisible: jinja alone writes the same leaves."""
    seen = set()
    for (platform, name), fragments in constructs(reference_design, reference_network.topology).items():
        pack = PLATFORMS[platform]
        files = sorted((shipped_templates() / platform).glob(f"{name}.*.j2"))
        for fragment in fragments[:6]:
            context = facts(fragment.construct)
            alone = {
                file.name.split(".")[1]: ENVIRONMENTS[platform].get_template(file.name).render(context)
                for file in files
            }
            ours = plain(pack, name, context, LIBRARY)
            for part, text in alone.items():
                assert tree_of(pack.parse(text, part)) == tree_of(pack.parse(ours[part], part)), f"{name}.{part}"
                lines = [line.rstrip() for line in text.splitlines() if line.strip()]
                assert lines == [line.rstrip() for line in ours[part].splitlines() if line.strip()]
                seen.add(f"{platform}/{name}.{part}")
    assert len(seen) > 40


def static(line: str) -> list[str]:
    """The words of a template line that come out as they stand."""
    without = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "\0", line)
    return [piece.strip() for piece in without.split("\0") if piece.strip()]


def test_each_leaf_names_the_template_line_that_wrote_it(
    rendered: dict[str, Rendered], reference_network: Network
) -> None:
    """Read apart from the renderer: the words of that line stand in the leaf's text."""
    sources: dict[str, list[str]] = {}
    checked = 0
    for device, made in rendered.items():
        pack = reference_network.platforms[device]
        for path, leaf in made.leaves.items():
            for origin in leaf.origins:
                if origin.template not in sources:
                    file = shipped_templates() / origin.template.removeprefix("templates/")
                    sources[origin.template] = file.read_text(encoding="utf-8").splitlines()
                line = sources[origin.template][origin.line - 1]
                assert line.strip(), (origin, path)
                assert not line.strip().startswith("{%"), (origin, path)
                head = HEADER.match("\n".join(sources[origin.template]))
                assert origin.line > (head.group().count("\n") if head else 0)
                if pack.name == "huawei":
                    name = path[-1].rpartition(":")[2]
                    assert f"<{name}" in line or f"</{name}" in line or "{{" in line, (origin, line, path)
                else:
                    said = " ".join((*path, leaf.value))
                    assert all(word in said for piece in static(line) for word in piece.split()), (origin, line, path)
                checked += 1
    assert checked > 5000


def test_the_reasons_are_those_of_the_attributes_on_that_line(
    rendered: dict[str, Rendered], reference_design: Design
) -> None:
    """`because` has only what the fragment knows, and what the line (or a loop around it) names."""
    reasons: dict[tuple[str, str, str], set[tuple[str, str]]] = defaultdict(set)
    for device, fragments in reference_design.fragments.items():
        for fragment in fragments:
            key = (device, fragment.owner, construct_name(type(fragment.construct)))
            reasons[key] |= set(fragment.because.items())
    explained = 0
    for device, made in rendered.items():
        for leaf in made.leaves.values():
            for origin in leaf.origins:
                assert set(origin.because) <= reasons[device, origin.owner, origin.construct]
                explained += bool(origin.because)
    assert explained > 1000


def origins(rendered: dict[str, Rendered], device: str, *words: str) -> list[Origin]:
    """The origins of the leaves of a device whose path and value have all these words."""
    found = [
        origin
        for path, leaf in rendered[device].leaves.items()
        if all(word in " ".join((*path, leaf.value)) for word in words)
        for origin in leaf.origins
    ]
    assert found
    return found


def test_a_route_distinguisher_is_explained_by_its_claim(rendered: dict[str, Rendered]) -> None:
    because = [
        dict(origin.because)
        for origin in origins(rendered, "pop1-gw1", "routeDistinguisher")
        if origin.owner == "TenantSlice/clinic-west"
    ] if any("routeDistinguisher" in " ".join(path) for path in rendered["pop1-gw1"].leaves) else [
        dict(origin.because)
        for origin in origins(rendered, "pop1-gw1", "route-distinguisher")
        if origin.owner == "TenantSlice/clinic-west"
    ]  # fmt: skip
    assert because
    assert all(one.get("rd") == "TenantSlice/clinic-west/pop1-gw1/vrf/rd" for one in because)


def test_a_rate_on_linux_is_explained_by_the_field_that_sells_it(rendered: dict[str, Rendered]) -> None:
    found = [
        origin
        for origin in origins(rendered, "pod2-leaf2", "tc class", "eth3")
        if origin.owner == "ElasticLine/film-archive" and origin.construct == "access_rate"
    ]
    assert found
    assert any(dict(origin.because).get("rate_bps") == "spec.bandwidth.base" for origin in found)


def test_every_device_says_what_it_is_told(rendered: dict[str, Rendered], reference_network: Network) -> None:
    """What was rendered, written by the platform and read again, is the same tree."""
    assert len(rendered) == 20
    for device, made in rendered.items():
        pack = reference_network.platforms[device]
        tree = {path: leaf.value for path, leaf in made.leaves.items()}
        assert read_tree(pack, join_parts(write_parts(pack, tree))) == tree, device


def test_rendering_twice_gives_the_same_bytes(
    rendered: dict[str, Rendered], reference_network: Network, reference_design: Design
) -> None:
    for device in ("pop1-gw1", "pod1-leaf2", "pod2-leaf3"):
        pack: Platform = reference_network.platforms[device]
        again = render(reference_design.fragments[device], pack, LIBRARY, Diagnostics())
        assert again.leaves == rendered[device].leaves
        texts = [
            write_parts(pack, {path: leaf.value for path, leaf in made.leaves.items()})
            for made in (again, rendered[device])
        ]
        assert texts[0] == texts[1]


def test_every_line_has_a_provenance(rendered: dict[str, Rendered]) -> None:
    for made in rendered.values():
        for leaf in made.leaves.values():
            for origin in leaf.origins:
                assert made.provenance[origin.template, origin.line].source


def test_every_construct_that_is_used_is_worded(reference_design: Design, reference_network: Network) -> None:
    used = constructs(reference_design, reference_network.topology)
    for platform, name in used:
        assert LIBRARY.has(platform, name, PLATFORMS[platform].parts)
    shipped = {Path(file).name.partition(".")[0] for file in shipped_templates().glob("*/*.j2")}
    assert {name for _, name in used} <= shipped
