"""An emulated FRR box: SSH into a Linux login that knows vtysh, ip, tc, sysctl and nft."""

from netwright.emulator.frr.device import FrrDevice

__all__ = ["FrrDevice"]
