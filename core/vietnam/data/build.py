#!/usr/bin/env python3
"""Rebuilds the data files beside this script from two PyPI packages. Needs no network itself.

    pip install --target /tmp/sources vietnamadminunits==1.0.4 holidays==0.109
    python3 core/vietnam/data/build.py /tmp/sources

The result depends on the packages alone: running it twice gives the same bytes. README.md says what each file means.
"""

import json
import math
import pathlib
import re
import sqlite3
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
YEARS = range(2020, 2028)
# The yearly notices of the Government stop here; the dates of later years are computed by the package.
LAST_OFFICIAL_YEAR = 2026
AS_OF = "2026-11-23"

# Swaps the package does not know: (day off, Saturday worked, notice).
SWAPS_BY_HAND = [
    (
        "2026-01-02",
        "2026-01-10",
        "For state bodies; press of 26 December 2025 (24h.com.vn 1724830)",
    ),
]

SOURCE = (
    "PyPI vietnamadminunits 1.0.4 (MIT, (c) 2025 Tran Ngoc Minh Hieu): official codes and names, Decision 19/2025/QD-TTg; "
    "wards of Dong Nai by Resolution 30/2026/QH16"
)
# Resolution 30/2026/QH16: Đồng Nai is a city since 30 April 2026 and ten of its communes are wards; the package is older.
CITIES_OF_2026 = {"75"}
WARDS_OF_2026 = {"25270", "25357", "25363", "26116", "26170", "26248", "26326", "26368", "26425", "26485"}


def main(sources):
    sys.path.insert(0, sources)
    write(HERE / "holidays_vn.json", calendar())
    for name, text in units(pathlib.Path(sources)).items():
        write(HERE / "units" / name, text)


def calendar():
    import holidays

    vietnamese = holidays.country_holidays("VN", years=YEARS, language="vi")
    english = holidays.country_holidays("VN", years=YEARS, language="en_US")
    years = []
    for year in YEARS:
        off = {d.isoformat(): (vietnamese[d], english[d]) for d in vietnamese if d.year == year}
        worked = {d.isoformat(): None for d in vietnamese.weekend_workdays if d.year == year}
        for day_off, saturday, notice in SWAPS_BY_HAND:
            if day_off.startswith(str(year)):
                off[day_off] = swap_names(saturday)
                worked[saturday] = notice
        years.append(
            {
                "year": year,
                "status": "official" if year <= LAST_OFFICIAL_YEAR else "estimated",
                "days_off": [{"date": d, "vi": tidy(vi), "en": tidy(en)} for d, (vi, en) in sorted(off.items())],
                "make_up_days": [{"date": d, "notice": n} if n else {"date": d} for d, n in sorted(worked.items())],
            }
        )
    edition = {
        "schema": 1,
        "source": "PyPI holidays 0.109 (MIT), country VN; the swap of 2 and 10 January 2026 added by hand",
        "as_of": AS_OF,
        "weekend": [6, 7],
        "years": years,
    }
    # One day a line: a correction is then a diff of one line.
    text = json.dumps(edition, ensure_ascii=False, indent=1)
    return re.sub(r"\{\s+(\"date\"[^{}]*?)\s+\}", lambda m: "{" + re.sub(r"\s*\n\s*", " ", m.group(1)) + "}", text) + "\n"


def swap_names(saturday):
    y, m, d = saturday.split("-")
    return f"Ngày nghỉ (thay cho ngày {d}/{m}/{y})", f"Day off (substituted from {m}/{d}/{y})"


def tidy(name):
    return unicodedata.normalize("NFC", name.replace(" (dự kiến)", "").replace(" (estimated)", ""))


def units(sources):
    """The six tables of units: today's and those of 30 June 2025, the whole country."""
    data = sources / "vietnamadminunits" / "data"
    db = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    merged = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))

    provinces, current, code_of, places = {}, [], {}, {}
    rows = db.execute(
        "SELECT provinceKey, provinceCode, province, wardKey, wardCode, ward, wardLat, wardLon, wardAreaKm2 FROM admin_units"
    )
    for province_key, province, province_name, key, code, full, lat, lon, area in rows:
        provinces[province_key] = (province, province_name)
        code_of[province_key, key] = code
        area = area or 0  # not known for two
        places[code] = (lat, lon, area)
        kind, name = split_kind(full)
        if code in WARDS_OF_2026:
            kind = "phường"
        current.append([code, kind, name, province, f"{lat:.4f}", f"{lon:.3f}", f"{area:.2f}"])

    # Old key -> codes of today, the one to propose first.
    became = {}
    for province, wards in merged["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for new, olds in wards.items():
            for old in olds:
                became[old] = [code_of[province, new]]
    for province, olds in merged["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            parts = sorted(parts, key=lambda part: (not part["isDefaultNewWard"], code_of[province, part["newWardKey"]]))
            assert [part["isDefaultNewWard"] for part in parts].count(True) == 1 and old not in became
            became[old] = [code_of[province, part["newWardKey"]] for part in parts]
    province_of = {old: provinces[new][0] for new, olds in merged["DICT_PROVINCE"].items() for old in olds}

    old_provinces, districts, former, far = {}, {}, [], 0
    rows = db.execute(
        "SELECT provinceKey, provinceCode, province, districtKey, districtCode, district, districtAlias,"
        " wardKey, wardCode, ward, wardLat, wardLon, wardBounds FROM admin_units_legacy"
    )
    for pkey, pcode, pname, dkey, dcode, dname, alias, key, code, full, lat, lon, bounds in rows:
        kind_of_province, name = split_kind(pname)
        old_provinces[pcode] = [pcode, kind_of_province, name, province_of[pkey]]
        district_kind, name = split_kind(dname)
        islands = became[f"{pkey}_{dkey}_"][0] if code is None else ""
        districts[dcode] = [dcode, district_kind, name, pcode, islands, " ".join(aliases(alias))]
        if code is None:
            continue
        kind, name = split_kind(full)
        codes = became[f"{pkey}_{dkey}_{key}"]
        lat, lon, extent = centre(lat, lon, bounds)
        if all(distance(lat, lon, *places[c][:2]) > 25 + 2 * math.sqrt(places[c][2]) for c in codes):
            # The geocoder found a namesake in another place.
            far += 1
            lat, lon, extent = *places[codes[0]][:2], 2.0
        former.append([code, kind, name, dcode, f"{lat:.5f}", f"{lon:.5f}", f"{extent:.2f}", " ".join(codes)])
    new_provinces = []
    for code, full in provinces.values():
        kind, name = split_kind(full)
        new_provinces.append([code, "thành phố" if code in CITIES_OF_2026 else kind, name])
    print(f"{far} former units placed at a namesake: put at the point of today's unit")
    counts = [len(t) for t in (new_provinces, current, old_provinces, districts, former)]
    assert counts == [34, 3321, 63, 696, 10035], counts
    return {
        "as_of.txt": AS_OF + "\n",
        "source.txt": SOURCE + "\n",
        "provinces.csv": table(["code", "kind", "name"], new_provinces),
        "units.csv": table(["code", "kind", "name", "province", "lat", "lon", "area_km2"], current),
        "former_provinces.csv": table(["code", "kind", "name", "current"], old_provinces.values()),
        "former_districts.csv": table(["code", "kind", "name", "province", "current", "also"], districts.values()),
        "former_units.csv": table(["code", "kind", "name", "district", "lat", "lon", "extent_km", "current"], former),
    }


KINDS = ["Phường", "Xã", "Thị trấn", "Đặc khu", "Quận", "Huyện", "Thị xã", "Thành phố", "Tỉnh"]


def split_kind(full):
    """`Phường Phường Đúc` is (phường, Phường Đúc). The package's own short names carry notes and its kinds slips."""
    full = unicodedata.normalize("NFC", full)
    kind = next(kind for kind in KINDS if full.lower().startswith(kind.lower() + " "))
    return kind.lower(), full[len(kind) + 1 :]


def aliases(text):
    """Search keys of districts that were joined to this one or renamed before 30 June 2025, without the kind."""
    keys = {re.sub(r"^(huyen|thixa|tx|thanhpho|tp|(quan|q|district)0?(?=\d))", "", key) for key in json.loads(text or "[]")}
    return sorted(key.removesuffix("thixa") for key in keys)


def distance(lat, lon, lat2, lon2):
    return math.hypot((lat - lat2) * 111.195, (lon - lon2) * 111.195 * math.cos(math.radians(lat)))


def centre(lat, lon, bounds):
    """The middle of the geocoder's box and half its width, or the bare point where the box is that of a district or of a house."""
    south, west, north, east = (float(x) for corner in bounds.split("–") for x in corner.split(","))
    height = (north - south) * 111.195
    width = (east - west) * 111.195 * math.cos(math.radians(lat))
    if not (0.5 < height < 32 and width < 31):
        return lat, lon, 2.0
    return (south + north) / 2, (west + east) / 2, max(0.5, math.sqrt(height * width) / 2)


def table(header, rows):
    lines = [",".join(header)]
    for row in sorted(rows):
        assert not any("," in cell or '"' in cell for cell in row)
        lines.append(unicodedata.normalize("NFC", ",".join(row)))
    return "\n".join(lines) + "\n"


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(text.encode())} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
