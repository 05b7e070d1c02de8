"""The table is complete, sourced and dated, and its figures are those of the modules."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from netwright.platforms.base import Capability, Grade
from netwright.platforms.huawei import HUAWEI, keys

NAMES = """vpn_signalling sid_encoding locator explicit_path explicit_sid max_segments slice_ids slice_channel flexe
isolation_hard isolation_soft bandwidth lossless low_latency protection l2vpn measurement pfc ecn shaper_layer
weighted_paths max_rate_bps max_slice_id exclusive_channel max_channel_bps macsec macsec_ports
binding_sid flex_algo channelised time_range trust_list jitter max_probe"""


def test_every_name_has_a_row_and_every_row_its_name() -> None:
    assert set(NAMES.split()) == HUAWEI.capabilities.keys()
    assert all(name == row.name for name, row in HUAWEI.capabilities.items())


@pytest.mark.parametrize("row", HUAWEI.capabilities.values(), ids=lambda row: row.name)
def test_a_row_has_a_source_and_a_date(row: Capability) -> None:
    assert date(2019, 1, 1) < date.fromisoformat(row.date) <= date(2023, 1, 10)
    module = row.source.split()[0].rstrip(",:")
    if module.startswith("huawei-"):
        assert module in keys.schema().modules


def test_what_services_lean_on() -> None:
    value = {name: row.value for name, row in HUAWEI.capabilities.items()}
    assert value["pfc"] is value["ecn"] is False
    assert (value["sid_encoding"], value["explicit_path"], value["measurement"]) == ("classic", "sr-policy", "ifit")
    assert value["isolation_hard"] is Grade.HARD
    assert value["isolation_soft"] is Grade.SOFT
    assert "one-plus-one" not in value["protection"]  # type: ignore[operator]


def test_macsec_is_configured_on_the_types_of_interface_that_the_module_names() -> None:
    """The `when` of the module's container, as the emulator's schema has it from the vendor."""
    schema = files("netwright.emulator.huawei").joinpath("schema.json").read_text(encoding="utf-8")
    (when,) = re.findall(r'"n":"macsec","w":\[\["([^"]*)"', schema)
    named = HUAWEI.capabilities["macsec_ports"].value
    assert isinstance(named, tuple)
    assert set(named) == set(re.findall(r"type='([^']*)'", when))
