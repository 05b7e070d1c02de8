"""The virtual machine's command line, and whether KVM really works here: tried, since /dev/kvm alone proves nothing."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

QEMU: Final = "qemu-system-x86_64"
MEMORY_MB: Final = 4096
CPUS: Final = 2
TRY_S: Final = 20

_EXIT_PORT: Final = 0xF4
_EXIT_VALUE: Final = 0x10
_EXPECTED: Final = _EXIT_VALUE << 1 | 1
"""qemu's isa-debug-exit ends it with this code when the guest wrote the value."""

BOOT_SECTOR: Final = bytes((0xB0, _EXIT_VALUE, 0xE6, _EXIT_PORT, 0xF4, 0xEB, 0xFD)).ljust(510, b"\0") + b"\x55\xaa"
"""mov al, 0x10; out 0xf4, al; hlt; jmp back: the smallest guest that can say that it ran."""


@dataclass(frozen=True, slots=True)
class Disk:
    """What a machine boots from."""

    disk: Path
    kernel: Path
    initrd: Path


def accelerator() -> str:
    """`kvm` where a guest runs under it with this machine's own processor, else `tcg`."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    with tempfile.NamedTemporaryFile(suffix=".img") as file:
        file.write(BOOT_SECTOR)
        file.flush()
        drive = f"file={file.name},format=raw,if=ide,snapshot=on"
        words = [QEMU, *_processor("kvm"), "-m", "64", "-display", "none", "-nodefaults", "-no-reboot"]
        words += ["-device", f"isa-debug-exit,iobase={_EXIT_PORT:#x},iosize=1", "-drive", drive]
        try:
            code = subprocess.run(words, capture_output=True, timeout=TRY_S, check=False).returncode
        except (OSError, subprocess.SubprocessError):
            return "tcg"
    return "kvm" if code == _EXPECTED else "tcg"


def _processor(accel: str) -> list[str]:
    return ["-accel", "kvm", "-cpu", "host"] if accel == "kvm" else ["-accel", "tcg,thread=multi", "-cpu", "max"]


def words(disk: Disk, accel: str, *, append: str, port: int) -> list[str]:
    """The machine's command line.

    `port` of this machine's loopback leads to the guest's SSH, and nothing else leads in or out (restrict). What the
    guest writes is gone with it (snapshot).
    """
    drive = f"file={disk.disk},if=virtio,format=raw,cache=unsafe,snapshot=on"
    net = f"user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:{port}-:22"
    kernel = "console=ttyS0 root=/dev/vda rw init=/usr/lib/netwright/machine-init quiet panic=-1"
    lean = "mitigations=off nowatchdog transparent_hugepage=never"  # what an emulated processor need not do
    return [
        QEMU, *_processor(accel), "-smp", str(min(CPUS, os.cpu_count() or 1)), "-m", str(MEMORY_MB),
        "-nographic", "-no-reboot", "-kernel", str(disk.kernel), "-initrd", str(disk.initrd), "-drive", drive,
        "-netdev", net, "-device", "virtio-net-pci,netdev=n0", "-append", f"{kernel} {lean} {append}",
    ]  # fmt: skip
