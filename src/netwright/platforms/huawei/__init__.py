"""Huawei NetEngine routers (VRP8) by NETCONF, as the modules of the NE40E-X8X16, software 8.22.0, describe them."""

from netwright.platforms.huawei.pack import HUAWEI, HuaweiPlatform

__all__ = ["HUAWEI", "HuaweiPlatform"]
