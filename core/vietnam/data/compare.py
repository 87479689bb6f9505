#!/usr/bin/env python3
"""Asks PyPI vietnamadminunits 1.0.4 and this library for the same addresses and prints where they differ, by kind.

    pip install --target /tmp/sources --no-deps vietnamadminunits==1.0.4 unidecode==1.4.0
    python3 core/vietnam/data/compare.py /tmp/sources

Its geocoder (a web service) is cut off: it then takes the default successor of a split unit.
"""

import collections
import csv
import json
import pathlib
import subprocess
import sys
import types

HERE = pathlib.Path(__file__).resolve().parent


def peer(sources):
    """The package without its heavy imports and without the network."""
    for name in ["shapely", "shapely.geometry", "geopy", "geopy.distance", "geopy.geocoders", "tqdm", "pandas"]:
        sys.modules[name] = types.ModuleType(name)
    sys.modules["shapely.geometry"].Polygon = sys.modules["shapely.geometry"].Point = object
    sys.modules["geopy.distance"].distance = sys.modules["geopy.distance"].geodesic = object
    sys.modules["geopy.geocoders"].ArcGIS = lambda: types.SimpleNamespace(geocode=lambda address: None)
    sys.path.insert(0, sources)
    import vietnamadminunits

    return vietnamadminunits


def rows(name):
    with open(HERE / "units" / name, encoding="utf-8") as file:
        return list(csv.DictReader(file))


def full(row):
    return f"{row['kind'].capitalize()} {row['name']}"


def questions(unidecode):
    provinces = {row["code"]: row for row in rows("provinces.csv")}
    for row in rows("units.csv"):
        where = full(provinces[row["province"]])
        text = f"{full(row)}, {where}"
        yield "today, in full", "new", text, [row["code"]]
        yield "today, without marks", "new", unidecode(text).lower(), [row["code"]]
        yield "today, without kind", "new", f"{row['name']}, {provinces[row['province']]['name']}", [row["code"]]
    provinces = {row["code"]: row for row in rows("former_provinces.csv")}
    districts = {row["code"]: row for row in rows("former_districts.csv")}
    short = {"phường": "P.", "xã": "x.", "thị trấn": "TT.", "quận": "Q.", "huyện": "H.", "thị xã": "TX.", "thành phố": "TP.", "tỉnh": "T."}
    for row in rows("former_units.csv"):
        district = districts[row["district"]]
        province = provinces[district["province"]]
        codes = row["current"].split()
        levels = [row, district, province]
        text = ", ".join(full(level) for level in levels)
        yield "then, in full", "old", text, codes
        yield "then, without marks", "old", unidecode(text).lower(), codes
        yield "then, abbreviated", "old", ", ".join(f"{short[level['kind']]}{level['name']}" for level in levels), codes
        yield "then, without district", "old", f"{full(row)}, {full(province)}", codes


def main(sources):
    library = peer(sources)
    from unidecode import unidecode

    asked = list(questions(unidecode))
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for _, _, text, _ in asked)
    run = ["cargo", "run", "--quiet", "-p", "hues-vietnam", "--example", "units_answers"]
    ours = subprocess.run(run, input=lines, capture_output=True, text=True, check=True, cwd=HERE).stdout
    counts = collections.Counter()
    samples = collections.defaultdict(list)
    for (form, era, text, expected), line in zip(asked, ours.splitlines(), strict=True):
        answer = json.loads(line)
        mine = sorted(s["code"] for s in answer.get("successors", [])) or answer["error"]
        try:
            theirs = library.parse_address(text) if era == "new" else library.convert_address(text)
            theirs = theirs.ward_code or "none"
        except Exception as error:  # whatever it throws: it has refused
            theirs = f"raises {type(error).__name__}"
        right = sorted(expected)
        if mine == right:
            ours_is = "right" if len(right) == 1 else "all successors"
        else:
            ours_is = mine if isinstance(mine, str) else "wrong"
        if theirs in expected:
            peers_is = "right" if len(right) == 1 else "one successor"
        else:
            peers_is = "wrong" if theirs.isdigit() else theirs
        kind = (form, ours_is, peers_is)
        counts[kind] += 1
        if len(samples[kind]) < 3:
            samples[kind].append((text, mine, theirs))
    for kind, count in sorted(counts.items()):
        print(f"{kind[0]:24} ours {kind[1]:16} peer {kind[2]:24} {count:6}")
        if kind[1:] not in [("right", "right"), ("all successors", "one successor")]:
            for sample in samples[kind]:
                print("    ", *sample)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
