"""An emulated ZTE router: an SSH server with a ROSng command line, its own grammar and its own configuration."""

from netwright.emulator.zte.device import ZteDevice

__all__ = ["ZteDevice"]
