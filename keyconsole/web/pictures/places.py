"""Where each public AWS Region is and what people call it.

Owns names and coordinates for people and pictures. Never decides whether a Region exists: an unknown one is a
place without a name and without coordinates, and is listed beside the map.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    region: str
    name: str
    latitude: float | None
    longitude: float | None

    @property
    def is_on_map(self) -> bool:
        return self.latitude is not None


_PLACES = {
    "af-south-1": ("Cape Town", -33.9, 18.4),
    "ap-east-1": ("Hong Kong", 22.3, 114.2),
    "ap-east-2": ("Taipei", 25.0, 121.5),
    "ap-northeast-1": ("Tokyo", 35.7, 139.7),
    "ap-northeast-2": ("Seoul", 37.6, 127.0),
    "ap-northeast-3": ("Osaka", 34.7, 135.5),
    "ap-south-1": ("Mumbai", 19.1, 72.9),
    "ap-south-2": ("Hyderabad", 17.4, 78.5),
    "ap-southeast-1": ("Singapore", 1.4, 103.8),
    "ap-southeast-2": ("Sydney", -33.9, 151.2),
    "ap-southeast-3": ("Jakarta", -6.2, 106.8),
    "ap-southeast-4": ("Melbourne", -37.8, 145.0),
    "ap-southeast-5": ("Malaysia", 3.1, 101.7),
    "ap-southeast-6": ("New Zealand", -36.8, 174.8),
    "ap-southeast-7": ("Thailand", 13.8, 100.5),
    "ca-central-1": ("Central Canada", 45.5, -73.6),
    "ca-west-1": ("Calgary", 51.0, -114.1),
    "cn-north-1": ("Beijing", 39.9, 116.4),
    "cn-northwest-1": ("Ningxia", 37.5, 105.2),
    "eu-central-1": ("Frankfurt", 50.1, 8.7),
    "eu-central-2": ("Zurich", 47.4, 8.5),
    "eu-north-1": ("Stockholm", 59.3, 18.1),
    "eu-south-1": ("Milan", 45.5, 9.2),
    "eu-south-2": ("Spain", 41.6, -0.9),
    "eu-west-1": ("Ireland", 53.3, -6.3),
    "eu-west-2": ("London", 51.5, -0.1),
    "eu-west-3": ("Paris", 48.9, 2.4),
    "eusc-de-east-1": ("Brandenburg", 52.4, 13.1),
    "il-central-1": ("Tel Aviv", 32.1, 34.8),
    "me-central-1": ("UAE", 24.5, 54.4),
    "me-south-1": ("Bahrain", 26.1, 50.6),
    "mx-central-1": ("Central Mexico", 20.6, -100.4),
    "sa-east-1": ("São Paulo", -23.5, -46.6),
    "us-east-1": ("N. Virginia", 38.9, -77.5),
    "us-east-2": ("Ohio", 40.0, -83.0),
    "us-gov-east-1": ("GovCloud US-East", 40.0, -82.4),
    "us-gov-west-1": ("GovCloud US-West", 45.6, -121.2),
    "us-west-1": ("N. California", 37.4, -122.0),
    "us-west-2": ("Oregon", 45.8, -119.7),
}


def place(region: str) -> Place:
    name, latitude, longitude = _PLACES.get(region, ("", None, None))
    return Place(region, name, latitude, longitude)


def regions_called(name: str) -> tuple[str, ...]:
    """The Regions that people call exactly so, however it is written: Ireland, sao paulo."""
    wanted = _plain(name)
    return tuple(region for region, (known, _, _) in _PLACES.items() if wanted and _plain(known) == wanted)


def regions_with(part: str) -> tuple[str, ...]:
    """The Regions in whose name a text stands."""
    wanted = _plain(part)
    return tuple(region for region, (known, _, _) in _PLACES.items() if wanted and wanted in _plain(known))


def _plain(text: str) -> str:
    """Without case and accents, spaces as one."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())
