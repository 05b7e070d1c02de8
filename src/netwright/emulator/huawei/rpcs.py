"""The operations of an emulated router: one small function each, found by the name of the request's element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from netwright.emulator.huawei import defaults
from netwright.emulator.huawei.datastore import Datastore, parsed
from netwright.emulator.huawei.errors import NC, Problem, RpcError
from netwright.emulator.huawei.filters import selected
from netwright.emulator.huawei.tree import elements, inner, split, text_of

CFG = "urn:huawei:yang:huawei-cfg"
OK = "<ok/>"


@dataclass(slots=True)
class Context:
    """Who asks, and what can be done."""

    session: int
    user: str
    store: Datastore
    state: Callable[[frozenset[str] | None], etree._Element]  # running with what is operational, of some roots or all
    kill: Callable[[int], bool]
    here: Callable[[], bool]  # whether the session has not been ended meanwhile, nor the router


Operation: TypeAlias = "Callable[[etree._Element, Context], str]"  # noqa: SLF001 - the name that lxml's stubs have


def step_of(request: etree._Element) -> str:
    """The step of a transaction that a request belongs to, for faults; "" for none."""
    namespace, name = split(request.tag)
    if name == "commit":
        return "commit" if request.find(f"{{{NC}}}confirmed") is not None else "confirm"
    if namespace == CFG and name.startswith("rollback-by"):
        return "rollback"
    return _STEPS.get(name, "")


_STEPS = {
    "lock": "lock",
    "get-config": "snapshot",
    "edit-config": "stage",
    "validate": "validate",
    "get": "verify",
    "cancel-commit": "rollback",
}


def perform(request: etree._Element, context: Context) -> str:
    """Do what is asked; the body of the reply. RpcError when it is refused."""
    operation = OPERATIONS.get(request.tag)
    if operation is None:
        name = split(request.tag)[1]
        raise RpcError(
            Problem(
                "operation-not-supported", f'RPC "{name}" is not supported.', "protocol", info=(("bad-element", name),)
            )
        )
    return operation(request, context)


def _nc(name: str) -> str:
    return f"{{{NC}}}{name}"


def _target(request: etree._Element, place: str = "target") -> str:
    """The name of a datastore in `<target>` or `<source>`."""
    holder = request.find(_nc(place))
    names = [] if holder is None else [split(child.tag)[1] for child in elements(holder)]
    if len(names) != 1:
        raise RpcError(
            Problem("missing-element", f'Missing element "{place}".', "protocol", info=(("bad-element", place),))
        )
    if names[0] not in ("running", "candidate", "startup", "config"):
        raise RpcError(Problem("operation-not-supported", f'Datastore "{names[0]}" is not supported.', "protocol"))
    return names[0]


def _text(request: etree._Element, tag: str, default: str | None = None) -> str | None:
    found = request.find(tag)
    return default if found is None else (found.text or "").strip()


def _get_config(request: etree._Element, context: Context) -> str:
    tree = context.store.tree(_target(request, "source"))
    if context.store.reports_all():
        trims = _text(request, defaults.ASKED) == "trim"
        tree = defaults.trimmed(deepcopy(tree)) if trims else defaults.filled(tree)
    return _data(tree, request)


def _get(request: etree._Element, context: Context) -> str:
    wanted = request.find(_nc("filter"))
    roots = None if wanted is None else frozenset(split(item.tag)[1] for item in elements(wanted))
    return _data(context.state(roots), request)


def _data(tree: etree._Element, request: etree._Element) -> str:
    wanted = request.find(_nc("filter"))
    if wanted is not None and wanted.get("type", wanted.get(_nc("type"), "subtree")) != "subtree":
        raise RpcError(
            Problem(
                "bad-attribute", "Only subtree filters are supported.", "protocol", info=(("bad-attribute", "type"),)
            )
        )
    return f"<data>\n{inner(selected(tree, wanted))}</data>"


def _edit_config(request: etree._Element, context: Context) -> str:
    config = request.find(_nc("config"))
    if config is None:
        raise RpcError(
            Problem("missing-element", 'Missing element "config".', "protocol", info=(("bad-element", "config"),))
        )
    default = _text(request, _nc("default-operation"), "merge") or "merge"
    test = _text(request, _nc("test-option"), "test-then-set") or ""
    context.store.edit(_target(request), context.session, config, default, test, context.user)
    return OK


def _copy_config(request: etree._Element, context: Context) -> str:
    source = _target(request, "source")
    tree = _inline(request) if source == "config" else parsed(text_of(context.store.tree(source)))
    context.store.copy(tree, _target(request), context.session, context.user)
    return OK


def _inline(request: etree._Element) -> etree._Element:
    """A configuration that stands in the request itself."""
    given = request.find(f"{_nc('source')}/{_nc('config')}")
    return parsed("" if given is None else etree.tostring(given).decode())


def _lock(request: etree._Element, context: Context) -> str:
    context.store.lock(_target(request), context.session)
    return OK


def _unlock(request: etree._Element, context: Context) -> str:
    context.store.unlock(_target(request), context.session)
    return OK


def _validate(request: etree._Element, context: Context) -> str:
    source = _target(request, "source")
    if source == "config":
        context.store.validate(_inline(request))
    else:
        context.store.validate(context.store.tree(source))
    return OK


def _commit(request: etree._Element, context: Context) -> str:
    timeout = _text(request, _nc("confirm-timeout"), "600") or ""
    if not timeout.isdigit() or int(timeout) < 1:
        raise RpcError(
            Problem(
                "invalid-value",
                f"Invalid confirm-timeout {timeout!r}.",
                "protocol",
                info=(("bad-element", "confirm-timeout"),),
            )
        )
    context.store.commit(
        context.session,
        context.user,
        confirmed=request.find(_nc("confirmed")) is not None,
        timeout=int(timeout),
        persist=_text(request, _nc("persist")),
        persist_id=_text(request, _nc("persist-id")),
    )
    return OK


def _cancel_commit(request: etree._Element, context: Context) -> str:
    context.store.cancel(context.session, _text(request, _nc("persist-id")))
    return OK


def _discard(_request: etree._Element, context: Context) -> str:
    context.store.discard(context.session)
    return OK


def _close(_request: etree._Element, _context: Context) -> str:
    return OK  # the session ends itself after the reply


def _kill(request: etree._Element, context: Context) -> str:
    wanted = _text(request, _nc("session-id"), "") or ""
    if not wanted.isdigit() or int(wanted) == context.session or not context.kill(int(wanted)):
        raise RpcError(
            Problem(
                "invalid-value", f"Invalid session-id {wanted!r}.", "protocol", info=(("bad-element", "session-id"),)
            )
        )
    return OK


# ---- huawei-cfg -----------------------------------------------------------------------------------------------------


def _cfg(name: str) -> str:
    return f"{{{CFG}}}{name}"


def _required(request: etree._Element, name: str) -> str:
    value = _text(request, _cfg(name))
    if not value:
        raise RpcError(
            Problem(
                "missing-element", f'Mandatory node "{name}" instance does not exist.', info=(("bad-element", name),)
            )
        )
    return value


def _save(request: etree._Element, context: Context) -> str:
    _required(request, "filename")
    context.store.copy(context.store.running, "startup", context.session, context.user)
    return OK


def _create_label(request: etree._Element, context: Context) -> str:
    context.store.label(_required(request, "user-label"), _text(request, _cfg("description"), "") or "", context.user)
    return OK


def _set_label(request: etree._Element, context: Context) -> str:
    context.store.relabel(_required(request, "commit-id"), _required(request, "user-label"))
    return OK


def _delete_label(request: etree._Element, context: Context) -> str:
    context.store.relabel(_required(request, "commit-id"), "")
    return OK


def _rollback_id(request: etree._Element, context: Context) -> str:
    context.store.rollback(context.store.find(commit_id=_required(request, "commit-id")), context.session, context.user)
    return OK


def _rollback_label(request: etree._Element, context: Context) -> str:
    commit_id = _text(request, _cfg("commit-id"))
    point = (
        context.store.find(commit_id=commit_id)
        if commit_id
        else context.store.find(label=_required(request, "user-label"))
    )
    context.store.rollback(point, context.session, context.user)
    return OK


def _rollback_num(request: etree._Element, context: Context) -> str:
    number = int(_required(request, "checkpoint-num"))
    if number >= len(context.store.checkpoints):
        raise RpcError(
            Problem("invalid-value", f"There are no {number} checkpoints.", info=(("bad-element", "checkpoint-num"),))
        )
    context.store.rollback(context.store.checkpoints[-1 - number], context.session, context.user)
    return OK


OPERATIONS: Mapping[str, Operation] = {
    _nc("get-config"): _get_config,
    _nc("get"): _get,
    _nc("edit-config"): _edit_config,
    _nc("copy-config"): _copy_config,
    _nc("lock"): _lock,
    _nc("unlock"): _unlock,
    _nc("validate"): _validate,
    _nc("commit"): _commit,
    _nc("cancel-commit"): _cancel_commit,
    _nc("discard-changes"): _discard,
    _nc("close-session"): _close,
    _nc("kill-session"): _kill,
    _cfg("save"): _save,
    _cfg("create-user-label-checkpoint"): _create_label,
    _cfg("set-user-label-by-commit-id"): _set_label,
    _cfg("delete-user-label-checkpoint"): _delete_label,
    _cfg("rollback-by-commit-id"): _rollback_id,
    _cfg("rollback-by-user-label"): _rollback_label,
    _cfg("rollback-by-last-num"): _rollback_num,
}
