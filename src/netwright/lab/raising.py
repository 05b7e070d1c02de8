"""A lab on its way up: images, machine, scale, files, containers. One code path above the two deployers."""

from __future__ import annotations

import hashlib
import json
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Final

from netwright.folders import write_files, write_whole
from netwright.lab import deploy, images, machine, probe
from netwright.lab.blueprint import ROUTER_IMAGE, lab_name
from netwright.lab.clabfile import PLAIN_KIND, clab_text
from netwright.lab.engine import Engine, EngineLost, engine
from netwright.lab.folder import Door, baselines, box_files, network_files, release
from netwright.lab.ground import Ground, Here, LabError, must, put, watch
from netwright.lab.model import Blueprint, Box, Role
from netwright.lab.probe import Way
from netwright.lab.running import (
    AT_ONCE,
    CREDENTIALS,
    NETWORK,
    RECORD,
    Lab,
    Running,
    Tell,
    Wanted,
    alone,
    clear,
    drawing,
    find,
    take_down,
)
from netwright.lab.scale import Ceiling, read_ceiling, scale_for

READY_S: Final = 600
"""How long all routers may take to start: a minute for eight of them in an emulated machine."""


def up(wanted: Wanted, tell: Tell) -> Lab:
    """Bring the lab up, or find the one that runs already. It hangs on this process until it is released.

    A lab that runs with other boxes, images or cables is replaced.
    """
    folder = wanted.folder
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        present = find(folder)
        if present is not None and _digest(wanted, present.running) == present.running.digest:
            tell("the lab is up already")
            return present
        if present is not None:
            tell("another lab runs here: it is replaced")
            take_down(present)
        return _Raising(wanted, tell).run()


class _Raising:
    """One lab on its way up."""

    def __init__(self, wanted: Wanted, tell: Tell) -> None:
        self.wanted, self.tell, self.folder = wanted, tell, wanted.folder
        self.seconds: dict[str, float] = {}
        self.machine: machine.Machine | None = None
        self.ceiling = Ceiling(0)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = monotonic()
        yield
        self.seconds[name] = round(monotonic() - began, 1)
        self.tell(f"{name}: {self.seconds[name]:.1f} s")

    def run(self) -> Lab:
        """Everything in order. What fails half-way leaves no machine and no container behind."""
        recipe = images.Recipe(self.wanted.frr)
        judgement = probe.judge(probe.gather(recipe), machine=self.wanted.machine)
        if judgement.way is Way.NONE:
            raise LabError(f"no lab can run here: {judgement.why} (netwright lab probe says what to do)")
        self.tell(f"{judgement.way}: {judgement.why}")
        ground, built = self._ground(judgement.way, recipe)
        try:
            return self._raise(judgement.way, ground, built)
        except BaseException:
            if self.machine is not None:
                self.machine.stop()
            else:
                clear(ground, lab_name(self.wanted.fabric.metadata.name))
            raise

    def _ground(self, way: Way, recipe: images.Recipe) -> tuple[Ground, images.Built]:
        if way is Way.NATIVE:
            with self.phase("image"):
                built = images.router(recipe, self.tell)
                _take_in(built, recipe, self.wanted.images)
            return Here(), built
        if self.wanted.images:
            raise LabError(
                "an image of the user's own needs docker on this machine: the lab's machine reaches no registry"
            )
        with self.phase("image"):
            built = images.machine(recipe, self.tell)
        with self.phase("boot"):
            self.machine = machine.start(self.folder, built, self.tell)
            must(self.machine.ground, ("timeout", "300", "sh", "-c", _DOCKER_LISTENS))
            with engine(self.machine.ground) as docker:
                docker.ask("GET", "/_ping")
        return self.machine.ground, built

    def _raise(self, way: Way, ground: Ground, built: images.Built) -> Lab:
        scale = self.wanted.scale or self._measured(ground)
        drawn = drawing(self.wanted, scale)
        deployer = self.wanted.deployer or ("containerlab" if shutil.which("containerlab") else "small")
        self._write(drawn, ground, way)
        running = Running(
            name=drawn.name,
            way=str(way),
            deployer=deployer,
            digest="",
            scale=scale,
            ceiling_bps=self.ceiling.bps,
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            frr=built.packages.get("frr", ""),
            kernel=must(ground, ("uname", "-r")).strip(),
            accel=self.machine.lease.accel if self.machine else "",
        )
        running = replace(running, digest=_digest(self.wanted, running))
        there = workplace(self.folder, running)
        with self.phase("deploy"):
            _deploy(ground, deployer, there, drawn.name, self.tell)
        with self.phase("start"):
            await_ready(ground, drawn.name, [box.name for box in drawn.boxes if _starts(box)], self.tell)
        running = replace(running, seconds=self.seconds)
        _save(self.folder, running)
        return Lab(self.folder, running, ground, self.machine)

    def _measured(self, ground: Ground) -> int:
        with self.phase("measure"):
            said = must(ground, _IN_PASSING, (files("netwright.lab") / "recipe" / "ceiling.sh").read_bytes(), 120.0)
            self.ceiling = read_ceiling(said)
        scale = scale_for(self.wanted.topology, self.ceiling)
        self.tell(f"this machine forwards {self.ceiling.bps / 1e6:.0f} Mbit/s: rates are 1/{scale} of production")
        return scale

    def _write(self, drawn: Blueprint, ground: Ground, way: Way) -> None:
        """The lab's files here, and beside the docker engine where that is elsewhere."""
        texts = baselines(drawn, self.wanted.fabric, self.wanted.templates)
        password = _password(self.folder)
        lab_files = {f"{drawn.name}.clab.yml": clab_text(drawn, password), **box_files(drawn, texts)}
        shutil.rmtree(self.folder / "files", ignore_errors=True)
        write_files(self.folder, lab_files.items(), 0o600)
        if way is Way.MACHINE:
            put(ground, _remote(drawn.name), dict(lab_files))
        door = Door(str((self.folder / CREDENTIALS).resolve()), ground.proxy, frr=release(self.wanted.frr))
        _write_network(self.wanted.root, self.folder / NETWORK, network_files(drawn, texts, door))


_DOCKER_LISTENS: Final = "until [ -S /var/run/docker.sock ]; do sleep 0.5; done"
_IN_PASSING: Final = ("docker", "run", "--rm", "-i", "--privileged", "--network", "none", ROUTER_IMAGE, "sh", "-s")


def _digest(wanted: Wanted, running: Running) -> str:
    """What makes two labs the same: file, boxes' files, image, way, deployer. At the scale of the one that runs."""
    scale = wanted.scale or running.scale
    drawn = drawing(wanted, scale)
    texts = baselines(drawn, wanted.fabric, wanted.templates)
    deployer = wanted.deployer or running.deployer
    machine_wanted = running.way == Way.MACHINE or wanted.machine
    parts = [clab_text(drawn, ""), json.dumps(box_files(drawn, texts), sort_keys=True)]
    parts += [images.Recipe(wanted.frr).machine, deployer, str(machine_wanted)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def workplace(folder: Path, running: Running) -> str:
    """The folder of the containerlab file, beside the docker engine."""
    return _remote(running.name) if running.way == Way.MACHINE else str(folder.resolve())


def _remote(name: str) -> str:
    return f"/lab/{name}"


def _take_in(built: images.Built, recipe: images.Recipe, own: Mapping[str, str]) -> None:
    """Give this machine's docker the router's image, unless it has it, or the user names another."""
    if PLAIN_KIND in own:
        return
    label = f"netwright-recipe={recipe.router}"
    query = ("docker", "images", "-q", "--filter", f"label={label}", ROUTER_IMAGE)
    if not must(Here(), query).strip():
        change = f"LABEL {label}"
        must(Here(), ("docker", "import", "-c", change, str(built.tar), ROUTER_IMAGE))


# ---- deploying


def _deploy(ground: Ground, deployer: str, there: str, name: str, tell: Tell) -> None:
    file = f"{name}.clab.yml"
    if deployer == "containerlab":
        program = shutil.which("containerlab")
        if program is None:
            raise LabError("containerlab is not on the PATH")
        if not isinstance(ground, Here):
            put(ground, "/usr/local", {"bin/containerlab": Path(program).read_bytes()})
        command = f"cd {shlex.quote(there)} && CLAB_VERSION_CHECK=disable containerlab deploy -t {shlex.quote(file)}"
        watch(ground.words(("sh", "-c", command)), b"", tell_nobody)
        return
    _deploy_small(ground, f"{there}/{file}", tell)


def _deploy_small(ground: Ground, path: str, tell: Tell) -> None:
    """Containers by the engine, a few at once; then all cables by one script."""
    clab = deploy.read_clab(must(ground, ("cat", path)), path)
    with engine(ground) as docker:
        pids = _started(docker, clab, path, tell)
    must(ground, ("sh", "-s"), deploy.plug_script(clab, pids).encode())


def _started(docker: Engine, clab: deploy.ClabFile, path: str, tell: Tell) -> dict[str, int]:
    """The containers of a lab and their first processes.

    Where the engine goes away (in an emulated machine it did once), it is waited for, and all are asked for once more:
    what it had started may have gone with it.
    """
    ours: set[str] = set()
    try:
        return _start_all(docker, clab, path, tell, ours)
    except EngineLost as error:
        tell(f"{error}; it is waited for, and asked again")
        docker.await_back()
    return _start_all(docker, clab, path, tell, ours)


def _start_all(docker: Engine, clab: deploy.ClabFile, path: str, tell: Tell, ours: set[str]) -> dict[str, int]:
    """Each container, and its first process. One that is there already is refused, unless it is known to be `ours`."""
    docker.ask("POST", "/networks/create", deploy.network_body(clab), again=True)
    names = list(clab.topology.nodes)

    def start(name: str) -> int:
        body = deploy.container_body(clab, name, path)
        try:
            pid = docker.start(deploy.container(clab.name, name), body, again=name in ours)
        except EngineLost:
            ours.add(name)
            raise
        ours.add(name)
        return pid

    pids = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, (name, pid) in enumerate(zip(names, pool.map(start, names), strict=True), 1):
            pids[name] = pid
            tell(f"started {number}/{len(names)}")
    return pids


def tell_nobody(_line: str) -> None:
    """What containerlab prints is its own affair, unless it fails: then its last lines are in the error."""


_READY: Final = """\
n=0
for box in {boxes}; do
    at=$(readlink /run/netns/$box)
    at=${{at%/ns/net}}
    until [ -e "$at/root/run/netwright/ready" ]; do
        if ! [ -d "$at" ]; then
            echo "$box ended:"; docker logs --tail 20 $box 2>&1; exit 1
        fi
        sleep 0.5
    done
    n=$((n + 1)); echo "ready $n/{total}"
done
"""
"""Looked at through /proc: starting docker's client costs more than all the rest of it, in an emulated machine."""


def _starts(box: Box) -> bool:
    """Whether it is one of ours that says when it has started."""
    return box.kind == PLAIN_KIND and box.role is not Role.HOSTS


def await_ready(ground: Ground, name: str, waiting: Sequence[str], tell: Tell) -> None:
    """Until every one of these boxes of a lab says that it has started."""
    boxes = " ".join(deploy.container(name, box) for box in waiting)
    todo = _READY.format(boxes=boxes, total=len(waiting))
    watch(ground.words(("timeout", str(READY_S), "sh", "-s")), todo.encode(), tell)


# ---- files


def _password(folder: Path) -> str:
    """The routers' password: kept for as long as the folder is, so that a lab that runs is still reached."""
    path = folder / CREDENTIALS
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"username: root\npassword: {secrets.token_urlsafe(12)}\n", encoding="utf-8")
    return path.read_text(encoding="utf-8").rpartition(": ")[2].strip()


def _write_network(root: Path, folder: Path, texts: Mapping[str, str]) -> None:
    """The lab's network folder, afresh: what an earlier lab was given is gone with it, its evidence stays."""
    shutil.rmtree(folder / "inventory", ignore_errors=True)
    for old in (folder / "state").glob("*"):
        if old.name != "evidence":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    write_files(folder, texts.items(), 0o600)
    for name in ("intents", "templates"):
        link = folder / name
        link.unlink(missing_ok=True)
        if (root / name).is_dir():
            link.symlink_to((root / name).resolve(), target_is_directory=True)


def _save(folder: Path, running: Running) -> None:
    write_whole(folder / RECORD, json.dumps(asdict(running), indent=1) + "\n")
