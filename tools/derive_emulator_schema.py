#!/usr/bin/env python3
"""Derive the emulated router's knowledge of its own schema from the vendor's YANG modules.

    tools/derive_emulator_schema.py DIRECTORY > src/netwright/emulator/huawei/schema.json

DIRECTORY holds the modules of one router model with its deviations (Huawei/yang, network-router/8.22.0/ne40e-x8x16).
What is kept is what a server needs to judge a configuration: structure, keys, types, mandatory, defaults, when, must,
leafref. Equal subtrees are stored once. The vendor's modules themselves are not part of this project.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyang import context, repository, statements
from pyang.xpath_lexer import scan

MODULES = [
    "ifm",
    "ip",
    "ethernet",
    "fim-ethernet",
    "fim-ifm",
    "qos",
    "qos-l3vpn",
    "net-slice",
    "network-instance",
    "l3vpn",
    "routing",
    "bgp",
    "bgp-evpn",
    "bgp-srv6",
    "evpn",
    "evpn-srv6",
    "srv6",
    "isis",
    "isis-srv6",
    "srpolicy",
    "flex-algo",
    "tunnel-management",
    "routing-policy",
    "acl",
    "flexe",
    "ifit",
    "ifit-common",
    "devm",
    "time-range",
    "cfg",
    "system",
    "deterministic-ip",
    "bgp-routing-table",
    "twamp-controller",
    "twamp-responder",
    "macsec",
]
DEVIATIONS = "huawei-{}-deviations-OC-NE-X8X16"
KINDS = {"container": "c", "list": "l", "leaf": "f", "leaf-list": "L", "choice": "h", "case": "s"}
STEP_ENDS = frozenset(
    {"name", "prefix_test", "wildcard", "DOT", "DOTDOT", "RBRACKET", "RPAREN"}
)  # a slash after these goes on
EXCLUDE = ("huawei-extension", "operation-exclude")
CONDITIONS = (("huawei-extension", "filter"), "when")


def load(directory: Path) -> context.Context:
    """Parse the modules, with the router model's deviations applied."""
    ctx = context.Context(repository.FileRepository(str(directory), use_env=False))
    for module in MODULES:
        for name in (f"huawei-{module}", DEVIATIONS.format(module)):
            file = directory / f"{name}.yang"
            if file.exists():
                ctx.add_module(file.name, file.read_text())
    ctx.validate()
    return ctx


class Deriver:
    """Turns statements into numbered records; a record that exists already is not written twice."""

    def __init__(self) -> None:
        self.records: list[str] = []
        self.numbers: dict[str, int] = {}
        self.wanted = {f"huawei-{module}" for module in MODULES}

    def module_of(self, stmt: statements.Statement) -> str:
        """The main module whose namespace a data node has."""
        return str(stmt.i_module.i_modulename)

    def number(self, record: dict[str, object]) -> int:
        """The number of an equal record."""
        text = json.dumps(record, separators=(",", ":"), sort_keys=True)
        if text not in self.numbers:
            self.numbers[text] = len(self.records)
            self.records.append(text)
        return self.numbers[text]

    def xpath(self, expression: str, written: statements.Statement, home: str) -> str:
        """Write an expression with every name in the form `module:name`, current() and the root as variables."""
        prefixes = written.i_orig_module.i_prefixes
        out: list[str] = []
        before = "operator"
        for token in scan(" ".join(expression.split())):
            value = token.value
            if token.type == "SLASH" and before not in STEP_ENDS:
                value = "$root/"
            before = before if token.type == "_whitespace" else token.type
            if token.type == "name" or (token.type == "prefix_test" and ":" in value):
                prefix, _, name = value.rpartition(":")
                value = f"{prefixes[prefix][0] if prefix else home}:{name}"
            out.append(value)
        return "".join(out).replace("current()", "$current")

    def conditions(self, stmt: statements.Statement) -> list[list[str]]:
        """The `when`s of a node: [expression, context], context `s` the node itself or `p` its parent."""
        found = []
        sources = [(stmt, "s" if stmt.keyword not in ("case", "choice") else "p")]
        if getattr(stmt, "i_augment", None) is not None:
            sources.append((stmt.i_augment, "p"))
        sources.extend((uses, "p") for uses in getattr(stmt, "i_uses", []) or [])
        for source, where in sources:
            when = source.search_one("when")
            if when is not None:
                found.append([self.xpath(when.arg, when, self.module_of(stmt)), where])
        return found

    def musts(self, stmt: statements.Statement) -> list[list[str]]:
        """The `must`s of a node: [expression, error message]."""
        found = []
        for must in stmt.search("must"):
            message = must.search_one("error-message")
            found.append(
                [self.xpath(must.arg, must, self.module_of(stmt)), " ".join(message.arg.split()) if message else ""]
            )
        return found

    def excluded(self, stmt: statements.Statement) -> list[str]:
        """The operations that the vendor excludes on a node without a condition (`ext:operation-exclude`)."""
        words: set[str] = set()
        for extension in stmt.search(EXCLUDE):
            if not any(sub.keyword in CONDITIONS for sub in extension.substmts):
                words.update(extension.arg.split("|"))
        return sorted(words)

    def restriction(self, kind: statements.Statement, base: dict[str, object]) -> dict[str, object]:
        """Add one `type` statement's own restrictions to what its base says."""
        result = dict(base)
        for keyword in ("range", "length"):
            found = kind.search_one(keyword)
            if found is not None:
                result[keyword] = found.arg.replace(" ", "")
        patterns = [p.arg for p in kind.search("pattern") if p.search_one("modifier") is None]
        if patterns:
            result["pattern"] = [*list(base.get("pattern", [])), *patterns]  # type: ignore[call-overload]
        enums = [e.arg for e in kind.search("enum")] or [b.arg for b in kind.search("bit")]
        if enums:
            result["enum"] = enums
        digits = kind.search_one("fraction-digits")
        if digits is not None:
            result["digits"] = int(digits.arg)
        return result

    def type_of(self, kind: statements.Statement, home: str) -> dict[str, object]:
        """The type of a leaf with all typedefs resolved."""
        typedef = getattr(kind, "i_typedef", None)
        name = kind.arg.split(":")[-1]
        if typedef is not None:
            if name.startswith(("ipv4-address", "ipv6-address", "ip-address")) and kind.arg.startswith("inet:"):
                return {"base": name.replace("-no-zone", "")}
            return self.restriction(kind, self.type_of(typedef.search_one("type"), home))
        if name == "union":
            return {"base": "union", "of": [self.type_of(member, home) for member in kind.search("type")]}
        if name == "leafref":
            path = kind.search_one("path")
            instance = kind.search_one("require-instance")
            required = instance is None or instance.arg == "true"
            return {
                "base": "leafref",
                "path": self.xpath(path.arg, path, home),
                **({} if required else {"loose": True}),
            }
        return self.restriction(kind, {"base": name})

    def record(self, stmt: statements.Statement) -> int:
        """The number of a data node with everything below it."""
        home = self.module_of(stmt)
        found: dict[str, object] = {"n": stmt.arg, "k": KINDS[stmt.keyword], "m": home}
        rules = {"w": self.conditions(stmt), "u": self.musts(stmt), "no": self.excluded(stmt)}
        found |= {key: value for key, value in rules.items() if value}
        if not getattr(stmt, "i_config", True):
            found["x"] = 1
        self.keys(stmt, found)
        self.small(stmt, found, home)
        children = [
            self.record(child)
            for child in getattr(stmt, "i_children", [])
            if child.keyword in KINDS and self.module_of(child) in self.wanted
        ]
        if children:
            found["c"] = children
        return self.number(found)

    def keys(self, stmt: statements.Statement, found: dict[str, object]) -> None:
        """Add what identifies the entries of a list."""
        if stmt.keyword == "list" and stmt.search_one("key") is not None:
            found["keys"] = [key.split(":")[-1] for key in stmt.search_one("key").arg.split()]
            unique = [[part.split(":")[-1] for part in item.arg.split()] for item in stmt.search("unique")]
            if unique:
                found["unique"] = unique

    def small(self, stmt: statements.Statement, found: dict[str, object], home: str) -> None:
        """Add the one-word properties and the type."""
        for keyword, short in (
            ("mandatory", "r"),
            ("presence", "p"),
            ("ordered-by", "o"),
            ("min-elements", "min"),
            ("max-elements", "max"),
        ):
            word = stmt.search_one(keyword)
            if word is not None and word.arg not in ("false", "system", "unbounded"):
                found[short] = 1 if keyword in ("mandatory", "presence", "ordered-by") else int(word.arg)
        if stmt.keyword in ("leaf", "leaf-list"):
            found["t"] = self.type_of(stmt.search_one("type"), home)
        default = stmt.search_one("default")
        if default is not None:
            found["d"] = default.arg


def main() -> None:
    """Write the digest to standard output: one record a line."""
    ctx = load(Path(sys.argv[1]))
    deriver = Deriver()
    roots: dict[str, int] = {}
    modules: dict[str, str] = {}
    for name in sorted(deriver.wanted):
        module = ctx.get_module(name)
        revision = module.search_one("revision")
        modules[name] = revision.arg if revision is not None else ""
        for child in module.i_children:
            if child.keyword in KINDS:
                roots[f"{name}:{child.arg}"] = deriver.record(child)
    head = json.dumps(
        {"source": "NE40E-X8X16 8.22.0, derived by tools/derive_emulator_schema.py", "modules": modules, "roots": roots}
    )
    sys.stdout.write(head[:-1] + ',\n"nodes":[\n' + ",\n".join(deriver.records) + "\n]}\n")


if __name__ == "__main__":
    main()
