"""Distances on the earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""

FIBRE_DETOUR = 1.3
"""How much longer a fibre is than the air line, where nobody has measured it."""

SHORTEST_KM = 1.0
"""The length of a fibre between two points that the coordinates put at one place."""


def great_circle_km(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """The air line between two points in degrees (haversine)."""
    phi_1, phi_2 = radians(latitude_1), radians(latitude_2)
    half_lat, half_lon = (phi_2 - phi_1) / 2, radians(longitude_2 - longitude_1) / 2
    chord = sin(half_lat) ** 2 + cos(phi_1) * cos(phi_2) * sin(half_lon) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))


def fibre_km(latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float) -> float:
    """The length to assume for a fibre between two points: air line x 1.3, never under 1 km."""
    air = great_circle_km(latitude_1, longitude_1, latitude_2, longitude_2)
    return max(SHORTEST_KM, round(air * FIBRE_DETOUR, 1))
