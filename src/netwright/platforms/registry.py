"""The platforms that netwright knows. A new vendor is a folder beside this file, and a line in this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from netwright.platforms.base import Platform
from netwright.platforms.frr import FRR
from netwright.platforms.frr import wording as frr
from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei import wording as huawei
from netwright.platforms.zte import ZTE
from netwright.platforms.zte import wording as zte

PLATFORMS: Mapping[str, Platform] = MappingProxyType({"frr": FRR, "huawei": HUAWEI, "zte": ZTE()})

FILTERS: Mapping[str, Mapping[str, Callable[..., object]]] = MappingProxyType(
    {"frr": frr.FILTERS, "huawei": huawei.FILTERS, "zte": zte.FILTERS}
)
"""The filters of each platform's templates."""
