"""The intents as models: the five kinds by name, and every model that other rooms use.

The models stand in `common`, `schedule`, `fabric` and `services`; this is the list of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from netwright.intents.common import (
    Affinity,
    Attachment,
    Constraints,
    Document,
    FabricMetadata,
    Metadata,
    Model,
    Pins,
    Policy,
    Route,
    Slo,
)
from netwright.intents.fabric import Fabric, FabricSpec, Igp, LinkNumbers, Pools, SidFunctions, Srv6
from netwright.intents.pools import AdminPool, NumberPool
from netwright.intents.schedule import Recurrence, Schedule
from netwright.intents.services import (
    AtRule,
    DeterministicService,
    DeterministicServiceSpec,
    ElasticLine,
    ElasticLineSpec,
    Endpoints,
    LineSpec,
    LosslessRdmaPath,
    LosslessRdmaPathSpec,
    PointToPoint,
    Service,
    ServiceSpec,
    Site,
    SubSlice,
    TenantSlice,
    TenantSliceSpec,
    WhenRule,
)

API_VERSION = "netwright/v1"

Intent: TypeAlias = Fabric | Service

KINDS: Mapping[str, type[Intent]] = {
    "Fabric": Fabric,
    "TenantSlice": TenantSlice,
    "LosslessRdmaPath": LosslessRdmaPath,
    "ElasticLine": ElasticLine,
    "DeterministicService": DeterministicService,
}

__all__ = [
    "API_VERSION",
    "KINDS",
    "AdminPool",
    "Affinity",
    "AtRule",
    "Attachment",
    "Constraints",
    "DeterministicService",
    "DeterministicServiceSpec",
    "Document",
    "ElasticLine",
    "ElasticLineSpec",
    "Endpoints",
    "Fabric",
    "FabricMetadata",
    "FabricSpec",
    "Igp",
    "Intent",
    "LineSpec",
    "LinkNumbers",
    "LosslessRdmaPath",
    "LosslessRdmaPathSpec",
    "Metadata",
    "Model",
    "NumberPool",
    "Pins",
    "PointToPoint",
    "Policy",
    "Pools",
    "Recurrence",
    "Route",
    "Schedule",
    "Service",
    "ServiceSpec",
    "SidFunctions",
    "Site",
    "Slo",
    "Srv6",
    "SubSlice",
    "TenantSlice",
    "TenantSliceSpec",
    "WhenRule",
]
