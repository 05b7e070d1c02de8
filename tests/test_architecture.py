"""The house's own rules: imports flow one way, modules say what they are for, no file names a machine or a registry."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOMS = ["errors", "diagnostics", "address", "secret", "tree", "overlay", "folders", "crew", "yang", "intents",
         "topology", "alloc", "paths", "promise", "platforms", "services", "render", "plan", "drivers", "verify",
         "apply", "drift", "twin", "emulator", "lab", "workspace", "wish", "report", "app", "cli"]  # fmt: skip
"""A room imports only from the rooms before it."""

DATA = {"netwright.services.model", "netwright.drivers.model.SwitchKind"}
"""Seen from everywhere: the device-neutral constructs, which templates and platforms word, and the name of who restores
a device, which the plan says beforehand."""

TYPES_ONLY = {("errors", "diagnostics")}
"""An error carries diagnostics and a diagnostic's door raises an error: the one pair that knows each other by type."""

BLIND = {"emulator": {"platforms", "services", "render", "plan"}}
"""The emulator is the other side of the wire: what it knows about us it would repeat, and prove nothing."""

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "netwright"
MODULES = sorted(SOURCE.rglob("*.py"))


def imported(module: Path) -> set[str]:
    """The modules of ours that `module` imports, wherever in the file; `from netwright.a import b` may mean a.b."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: a relative import hides which room it comes from"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("netwright.")}


def room_of(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def is_data(name: str) -> bool:
    return any(name == data or name.startswith(f"{data}.") for data in DATA)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_imports_point_upstream(module: Path) -> None:
    room = room_of(module)
    if room.startswith("__"):
        return  # the package itself and `python -m netwright`
    assert room in ROOMS, f"{room} is not a room of docs/architecture.md"
    rooms = {name.split(".")[1] for name in imported(module) if not is_data(name)} - {"__version__"}
    rooms -= {other for one, other in TYPES_ONLY if one == room}
    assert rooms <= set(ROOMS[: ROOMS.index(room) + 1]) - BLIND.get(room, set())


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_says_what_lives_there(module: Path) -> None:
    assert ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))), "a docstring: what lives here, and why"


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in names.split("\0") if name and (path := ROOT / name).is_file()]


FORBIDDEN = [
    # A path of one machine means nothing on another. Spelled in pieces, so that this file passes its own test.
    re.compile(
        "/" + r"work/(?:main|shared)|(?<![\w-])/" + r"root/(?!\.ssh)|/" + r"home/(?!USER|runner)\w+/|/" + "opt/wheels"
    ),
    # Where packages come from is the user's configuration, not ours.
    re.compile(
        r"pypi\." + r"org|files\.python" + r"hosted|(?:--(?:extra-)?index" + r"-url|--find" + r"-links)[ =]\S*://"
    ),
    re.compile(r"ghp_\w{30}|-----BEGIN (?:\w+ )?PRIVATE " + "KEY-----"),
]


@pytest.mark.parametrize("pattern", FORBIDDEN, ids=["machine-path", "registry", "secret"])
def test_no_file_names_a_machine_a_registry_or_a_secret(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name_of(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


def test_the_lock_pins_every_package_with_its_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert lines
    assert [line for line in lines if not re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_no_platform_is_named_outside_its_folder() -> None:
    """Differences between platforms are capabilities, quirks and wording; `if platform ==` is none of these."""
    found = []
    for module in MODULES:
        if room_of(module) in {"platforms", "drivers", "emulator"}:
            continue  # one folder or class per platform: the doors that choose between them are there
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                words = {ast.literal_eval(part) for part in node.comparators if isinstance(part, ast.Constant)}
                found += [f"{name_of(module)}:{node.lineno}" for _ in words & {"huawei", "zte", "frr"}]
    assert found == []
