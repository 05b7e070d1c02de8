"""Router image and machine, built from Debian packages alone, cached by a digest of their recipe.

The recipe is the folder `recipe/`, the lists of packages below and the suites. What Debian's testing holds on the day
is not part of it: which FRR came out stands in the manifest beside the image, and in the evidence.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

from netwright import folders
from netwright.lab import qemu
from netwright.lab.ground import LabError, watch

Tell = Callable[[str], None]

FRR_SUITES: Final[Mapping[str, str]] = {"10.7": "forky", "10.3": "trixie"}
"""FRR -> the Debian release that has it."""

DEFAULT_FRR: Final = "10.7"
MACHINE_SUITE: Final = "trixie"  # kernel 6.12 and docker 26.1
ROUTER_PACKAGES: Final = (
    "frr", "frr-pythontools", "python3", "iproute2", "iputils-ping", "procps", "openssh-server", "nftables", "tcpdump",
    "iperf3", "traceroute", "ethtool",
)  # fmt: skip
MACHINE_PACKAGES: Final = (
    "linux-image-amd64", "initramfs-tools", "kmod", "iproute2", "iptables", "nftables", "openssh-server", "docker.io",
    "docker-cli", "busybox", "zstd", "procps",
)  # fmt: skip
DISK_SIZE: Final = "12G"
"""Sparse: what the guest does not write costs nothing."""

_MIRROR: Final = "NETWRIGHT_DEBIAN_MIRROR"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is built: FRR's version chooses the suite of the router."""

    frr: str = DEFAULT_FRR

    @property
    def router(self) -> str:
        """The digest of the router's recipe."""
        return _digest(
            "router", FRR_SUITES[self.frr], *ROUTER_PACKAGES, *_texts("root.sh", "start-router", "start-host")
        )

    @property
    def machine(self) -> str:
        """The digest of the machine's recipe; the router's image is in it."""
        return _digest(
            "machine",
            MACHINE_SUITE,
            DISK_SIZE,
            *MACHINE_PACKAGES,
            *_texts("root.sh", "machine-init", "take-in.sh"),
            self.router,
        )


@dataclass(frozen=True, slots=True)
class Built:
    """What lies in the cache. `packages`: of the router and of the machine, name -> version."""

    folder: Path
    packages: Mapping[str, str] = field(default_factory=dict)
    host_key: str = ""

    @property
    def tar(self) -> Path:
        """The router's root file system."""
        return self.folder / "router.tar"

    @property
    def disk(self) -> qemu.Disk:
        """What the machine boots from."""
        return qemu.Disk(self.folder / "disk.img", self.folder / "vmlinuz", self.folder / "initrd.img")


def find(kind: str, digest: str) -> Built | None:
    """What was built of this recipe, if it was."""
    folder = folders.cache("lab") / f"{kind}-{digest}"
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return None
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return Built(folder, content["packages"], content.get("host_key", ""))


def router(recipe: Recipe, tell: Tell) -> Built:
    """The router's image, built if need be."""
    return find("router", recipe.router) or _build("router", recipe.router, tell, lambda to: _router(recipe, to, tell))


def machine(recipe: Recipe, tell: Tell) -> Built:
    """The machine's disk, with the router's image in its docker, built if need be."""
    found = find("machine", recipe.machine)
    return found or _build("machine", recipe.machine, tell, lambda to: _machine(recipe, to, tell))


def debian_mirror() -> str:
    """Where this machine's own apt gets Debian from; NETWRIGHT_DEBIAN_MIRROR says otherwise."""
    if named := os.environ.get(_MIRROR):
        return named
    query = ("apt-get", "indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages")
    try:
        listed = subprocess.run(query, capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        listed = ""
    found = mirror_of(listed) or mirror_of_sources(_sources())
    if not found:
        raise LabError(f"no Debian mirror in this machine's apt configuration; name one in {_MIRROR}")
    return found


def mirror_of(listed: str) -> str:
    """The first archive that is labelled Debian in `apt-get indextargets`, which knows it after an `apt-get update`."""
    rows = (line.partition(" ") for line in listed.splitlines())
    return next((uri.strip().rstrip("/") for label, _, uri in rows if label == "Debian" and uri.strip()), "")


def mirror_of_sources(text: str) -> str:
    """The first archive in apt's sources, either format, that ends in `/debian`, as Debian's mirrors do."""
    found = re.findall(r"(?m)^(?:URIs:|deb(?: \[[^\]]*\])?)\s+(\S+?/debian)/?(?:\s|$)", text)
    return found[0] if found else ""


def _sources() -> str:
    parts = Path("/etc/apt/sources.list.d")
    paths = [Path("/etc/apt/sources.list"), *sorted(parts.glob("*.sources")), *sorted(parts.glob("*.list"))]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file())


# ---- building


def _build(kind: str, digest: str, tell: Tell, work: Callable[[Path], None]) -> Built:
    """Build in a folder of its own, and let it appear whole."""
    if os.geteuid() != 0:
        raise LabError("building the lab's images needs root (debootstrap, chroot): run it once with sudo -E")
    place = folders.cache("lab")
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place / f".{kind}.lock", tell):
        if found := find(kind, digest):
            return found  # somebody else built it while we waited
        draft = Path(tempfile.mkdtemp(prefix=f".{kind}-", dir=place))
        try:
            work(draft)
            draft.chmod(0o755)
            draft.rename(place / f"{kind}-{digest}")
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    built = find(kind, digest)
    if built is None:
        raise LabError(f"the {kind} was built and is not there: {place}")
    return built


@contextmanager
def _alone(path: Path, tell: Tell) -> Iterator[None]:
    """One build of a kind at a time on this cache."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            tell("waiting for another build")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _router(recipe: Recipe, to: Path, tell: Tell) -> None:
    root = to / "root"
    suite = FRR_SUITES[recipe.frr]
    _root_file_system(root, suite, ROUTER_PACKAGES, lambda step: tell(f"router: {step}"))
    _install(root, "start-router", "start-host")
    (root / "etc/ssh/sshd_config.d").mkdir(parents=True, exist_ok=True)
    (root / "etc/ssh/sshd_config.d/netwright.conf").write_text(
        "PermitRootLogin yes\nPasswordAuthentication yes\nUseDNS no\nMaxSessions 64\nMaxStartups 64\n", encoding="utf-8"
    )
    _must("chroot", root, "ssh-keygen", "-q", "-A")
    tell("router: pack")
    _must("tar", "--numeric-owner", "-C", root, "-cf", to / "router.tar", ".")
    _write_manifest(to, root, packages=_packages(root))
    shutil.rmtree(root)


def _machine(recipe: Recipe, to: Path, tell: Tell) -> None:
    root = to / "root"
    with ThreadPoolExecutor(1) as pool:  # the router's image meanwhile: each waits for the network half of its time
        building = pool.submit(router, recipe, tell)
        _root_file_system(root, MACHINE_SUITE, MACHINE_PACKAGES, lambda step: tell(f"machine: {step}"))
        image = building.result()
    _install(root, "machine-init")
    _must("chroot", root, "ssh-keygen", "-q", "-A")
    (root / "netwright").mkdir()
    shutil.copy(image.tar, root / "netwright/router.tar")
    for name in ("vmlinuz", "initrd.img"):
        shutil.copy(next(iter(sorted((root / "boot").glob(f"{name}-*")))), to / name)
    tell("machine: take the router's image into docker")
    _script("take-in.sh", root, process_ids=True)
    tell("machine: write the disk")
    _must("mke2fs", "-q", "-t", "ext4", "-d", root, to / "disk.img", DISK_SIZE)
    packages = {**_packages(root), "frr": image.packages["frr"]}
    key = (root / "etc/ssh/ssh_host_ed25519_key.pub").read_text(encoding="utf-8").split()
    _write_manifest(to, root, packages=packages, host_key=" ".join(key[:2]))
    shutil.rmtree(root)


def _root_file_system(root: Path, suite: str, packages: tuple[str, ...], tell: Tell) -> None:
    def say(line: str) -> None:
        if line.startswith("step: "):
            tell(line.removeprefix("step: "))

    _script("root.sh", root, suite, debian_mirror(), *packages, say=say)


def _script(name: str, *words: str | Path, say: Tell = lambda _line: None, process_ids: bool = False) -> None:
    """Run one of the recipe in namespaces of its own: mounts, and processes where it starts some."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
        script.write(_texts(name)[0])
        script.flush()
        own = ["--pid", "--fork", "--kill-child"] if process_ids else []
        watch(["unshare", "--mount", *own, "sh", script.name, *(str(word) for word in words)], b"", say)


def _install(root: Path, *names: str) -> None:
    folder = root / "usr/lib/netwright"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(names, _texts(*names), strict=True):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)


def _write_manifest(to: Path, root: Path, *, packages: Mapping[str, str], host_key: str = "") -> None:
    release = (root / "etc/debian_version").read_text(encoding="utf-8").strip()
    content = {"debian": release, "host_key": host_key, "packages": dict(packages)}
    (to / "manifest.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _packages(root: Path) -> dict[str, str]:
    text = (root / "usr/lib/netwright-packages").read_text(encoding="utf-8")
    return dict(line.split(" ", 1) for line in text.splitlines())


def _must(*words: str | Path) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{words[0]} failed", done.stderr or done.stdout)


def _texts(*names: str) -> tuple[str, ...]:
    folder = files("netwright.lab") / "recipe"
    return tuple((folder / name).read_text(encoding="utf-8") for name in names)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
