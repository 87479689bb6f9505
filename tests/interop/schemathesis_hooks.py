"""What schemathesis must know to ask this city more than it can answer with 404.

The environment variable HUES_KNOWN names a JSON file: {"bundles": [hex, ...], "path": {parameter: [value that exists, ...]}}.
Bodies are then whole, broken and random bundles; half of the addresses exist.
"""

import json
import os

import schemathesis
from hypothesis import strategies as st

with open(os.environ["HUES_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)

BUNDLES = [bytes.fromhex(text) for text in KNOWN["bundles"]]


@st.composite
def broken(draw):
    """A real bundle with one byte changed, or its end missing."""
    bundle = bytearray(draw(st.sampled_from(BUNDLES)))
    at = draw(st.integers(0, len(bundle) - 1))
    if draw(st.booleans()):
        return bytes(bundle[:at])
    bundle[at] ^= draw(st.integers(1, 255))
    return bytes(bundle)


@schemathesis.serializer("application/cbor", "application/offset+octet-stream")
def raw(ctx, value):
    """Bytes go as they are; whatever else was made up goes as its text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


schemathesis.openapi.media_type("application/cbor", st.sampled_from(BUNDLES) | broken() | st.binary(max_size=512))
schemathesis.openapi.media_type("application/offset+octet-stream", st.binary(max_size=512))


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    """Every other address is one that exists."""
    for name, values in KNOWN["path"].items():
        given = (path_parameters or {}).get(name)
        if isinstance(given, str) and values and sum(given.encode()) % 2 == 0:
            path_parameters[name] = values[sum(given.encode()) // 2 % len(values)]
    return path_parameters
