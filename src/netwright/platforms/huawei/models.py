"""What the modules of one router model say it can do: read once from the vendor's YANG, kept as a small table.

A *question* is a node of the vendor's modules on which something here depends: whether a model has it at all (its
deviations may say `not-supported`), and how far its numbers go. `tools/derive_huawei_model.py` answers the questions
for a folder of modules; the answers stand in a file like `model.json` beside this one, which is of the model that the
templates were written for. `capabilities.py` makes the capability table out of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from netwright.errors import NetwrightError

_INSTANCE = "/huawei-network-instance:network-instance/instances/instance"
_SRPOLICY = f"{_INSTANCE}/huawei-srv6:srv6/huawei-srpolicy:srpolicy"
_PATH = f"{_SRPOLICY}/policys/policy/candidate-paths/candidate-path"
_UNICAST = f"{_INSTANCE}/huawei-bgp:bgp/base-process/afs/af/ipv4-unicast"
_INTERFACE = "/huawei-ifm:ifm/interfaces/interface"
_SLICE = f"{_INTERFACE}/huawei-net-slice:net-slices/net-slice"
_TIMES = "/huawei-time-range:time-range/time-range-instances"
_PROFILE = "/huawei-qos:qos/queue-scheduler-template/profiles/profile"

QUESTIONS: Mapping[str, str] = {
    "evpn": f"{_UNICAST}/huawei-bgp-evpn:evpn/huawei-evpn-srv6:locators/locator",
    "vpn": f"{_UNICAST}/huawei-bgp-srv6:locators/locator",
    "locator": f"{_INSTANCE}/huawei-srv6:srv6/locators/locator",
    "end-dt46": f"{_INSTANCE}/huawei-srv6:srv6/locators/locator/opcodes/end-dt46s/end-dt46",
    "policy": f"{_SRPOLICY}/policys/policy",
    "segments": f"{_SRPOLICY}/policy-attributes/segment-lists/segment-list/segments/segment",
    "segment-lists": f"{_PATH}/segment-lists/segment-list",
    "policy-slice": f"{_PATH}/network-slice-id",
    "hot-standby": f"{_SRPOLICY}/policys/policy/hsb-enable",
    "binding-sid": f"{_SRPOLICY}/policys/policy/binding-sid/value",
    "slice": "/huawei-net-slice:net-slice/instances/instance/id",
    "flex-channel": f"{_SLICE}/flex-channel",
    "exclusive": f"{_SLICE}/exclusive",
    "channel": f"{_INTERFACE}/huawei-ethernet:ethernet/l3-sub-interface/huawei-fim-ethernet:mode-channel/bandwidth",
    "flexe": "/huawei-flexe:flexe/clients/client",
    "user-queue": f"{_PROFILE}/user-queues/user-queue/pir",
    "flow-queue": "/huawei-qos:qos/queue-scheduler-template/flow-queues/flow-queue",
    "flow-wred": "/huawei-qos:qos/wred-template/flow-wreds/flow-wred/queue-depth",
    "port-queue": f"{_INTERFACE}/huawei-qos:qos/port-queues/port-queue",
    "ifit": "/huawei-ifit:ifit/huawei-ifit-common:ifit-common/static-instances/static-instance",
    "twamp": "/huawei-twamp-controller:twamp-controller/sender/sessions/session",
    "twamp-session": "/huawei-twamp-controller:twamp-controller/client/sessions/session/id",
    "twamp-responder": "/huawei-twamp-responder:twamp-responder/responder/test-sessions/test-session/session-id",
    "time-range": f"{_TIMES}/time-range-instance/absolute-ranges/absolute-range",
    "acl-time-range": "/huawei-acl:acl/groups/group/rule-advances/rule-advance/time-range-name",
    "acl": "/huawei-acl:acl/groups/group/rule-advances/rule-advance",
    "flex-algo": f"{_INSTANCE}/huawei-flex-algo:flex-algo-defines/flex-algo-define/flex-algo-id",
    "fad-binding": f"{_INSTANCE}/huawei-isis:isis/sites/site/fad-bindings/fad-binding/flex-algo-id",
    "locator-algorithm": f"{_INSTANCE}/huawei-srv6:srv6/locators/locator/flex-algo",
    "twamp-interface": "/huawei-twamp-controller:twamp-controller/client/sessions/session/binded-interface",
    "metric-delay": f"{_INSTANCE}/huawei-isis:isis/sites/site/afs/af/traffic-eng/metric-delay",
    "macsec": f"{_INTERFACE}/huawei-macsec:macsec",
    "deterministic-ip": f"{_INTERFACE}/huawei-deterministic-ip:deterministic-ip/deterministic-ip-enable",
    "queue-time-range": f"{_PROFILE}/user-queue-time-ranges/user-queue-time-range",
}
"""The nodes, by the name of the question."""


class BrokenModel(NetwrightError):
    """A file that should say what a router model can do cannot be read."""

    exit_code = 2


class Answer(BaseModel):
    """What the modules say of one node.

    `low` and `high` are the ends of its range, `most` its `max-elements`, `types` those of the interfaces that have it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: int | None = None
    high: int | None = None
    most: int | None = None
    types: list[str] | None = None


class _File(BaseModel):
    """The file: `modules` with their revisions, and an answer to each question whose node is there."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    model: Annotated[str, Field(min_length=1)]
    date: str
    modules: dict[str, str]
    answers: dict[str, Answer]


@dataclass(frozen=True, eq=False)
class Model:
    """One model of router, with one software. `answers` lacks a question whose node the model has not."""

    name: str
    date: str  # of its newest module
    modules: Mapping[str, str]  # name -> revision, of those that questions are about
    answers: Mapping[str, Answer]

    def has(self, question: str) -> bool:
        """Whether the model has the node."""
        return question in self.answers

    def high(self, question: str, otherwise: int) -> int:
        """The largest number that the node takes; `otherwise` where its type has no range; 0 without the node."""
        if question not in self.answers:
            return 0
        found = self.answers[question].high
        return otherwise if found is None else found

    def most(self, question: str, otherwise: int) -> int:
        """The most entries that the list takes; `otherwise` where nothing is said; 0 without the list."""
        if question not in self.answers:
            return 0
        found = self.answers[question].most
        return otherwise if found is None else found

    def types(self, question: str) -> tuple[str, ...]:
        """The types of the interfaces that have the node; () where no condition lists them, or without the node."""
        return tuple(self.answers[question].types or ()) if question in self.answers else ()

    def revision(self, question: str) -> str:
        """The revision of the node's own module; the set's date where the module is missing."""
        return self.modules.get(module_of(question), self.date)


def module_of(question: str) -> str:
    """The module that a question's node belongs to."""
    return next(step for step in reversed(QUESTIONS[question].split("/")) if ":" in step).partition(":")[0]


@cache
def default_model() -> Model:
    """The model that the templates were written for."""
    return _model(files(__package__).joinpath("model.json").read_text(encoding="utf-8"), "model.json")


def load_model(path: Path) -> Model:
    """Read a file that `tools/derive_huawei_model.py` made; BrokenModel when it cannot be read."""
    try:
        return _model(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenModel(f"{path.name} cannot be read: {error}") from error


def _model(text: str, shown: str) -> Model:
    try:
        read = _File.model_validate(json.loads(text))
    except (ValueError, ValidationError) as error:
        raise BrokenModel(f"{shown} says nothing about a router model: {error}") from error
    unknown = sorted(read.answers.keys() - QUESTIONS.keys())
    if unknown:
        raise BrokenModel(f"{shown} answers what nobody asked: {', '.join(unknown)}; derive it again")
    return Model(read.model, read.date, read.modules, read.answers)
