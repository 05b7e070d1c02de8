"""The platforms that netwright knows. A new vendor is a folder beside this file, and a line in this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from netwright.platforms.base import Broken, Platform
from netwright.platforms.frr import FRR, FRR_10_3
from netwright.platforms.frr import wording as frr
from netwright.platforms.huawei import HUAWEI, HuaweiPlatform
from netwright.platforms.huawei import wording as huawei
from netwright.platforms.huawei.models import load_model
from netwright.platforms.huawei.rules import broken as huawei_rules
from netwright.platforms.huawei.yang import VENDOR as HUAWEI_YANG
from netwright.platforms.zte import ZTE
from netwright.platforms.zte import wording as zte
from netwright.tree import Tree
from netwright.yang.modules import Vendor

PLATFORMS: Mapping[str, Platform] = MappingProxyType({"frr": FRR, "huawei": HUAWEI, "zte": ZTE()})

MODELS: Mapping[str, Callable[[Path], Platform]] = MappingProxyType(
    {"huawei": lambda file: HuaweiPlatform(model=load_model(file))}
)
"""Platforms whose capabilities depend on the model, and how the pack of one is read from its file."""

RELEASES: Mapping[str, Mapping[str, Platform]] = MappingProxyType({"frr": {"frr-10.3": FRR_10_3, "frr-10.7": FRR}})
"""Platforms of which netwright itself knows more than one release, by the name that a host gives as its model."""

YANG: Mapping[str, Vendor] = MappingProxyType({"huawei": HUAWEI_YANG})
"""Platforms whose vendor publishes YANG modules, and what is particular to them."""

RULES: Mapping[str, Callable[[Platform, Tree], Iterator[Broken]]] = MappingProxyType(
    {"huawei": lambda pack, tree: huawei_rules(tree, pack.capabilities["weighted_paths"].value)}
)
"""What a platform demands of a whole configuration beyond its syntax."""

FILTERS: Mapping[str, Mapping[str, Callable[..., object]]] = MappingProxyType(
    {"frr": frr.FILTERS, "huawei": huawei.FILTERS, "zte": zte.FILTERS}
)
"""The filters of each platform's templates."""
