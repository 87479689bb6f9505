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
HUE = "46"
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


def main(sources):
    sys.path.insert(0, sources)
    write(HERE / "holidays_vn.json", calendar())
    former, current = units(pathlib.Path(sources))
    write(HERE / "hue_units.csv", current)
    write(HERE / "hue_former_units.csv", former)


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
    data = sources / "vietnamadminunits" / "data"
    db = sqlite3.connect(f"file:{data / 'dataset.db'}?mode=ro", uri=True)
    merged = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    merged = merged["DICT_PROVINCE_WARD_NO_DIVIDED"]["thanhphohue"]

    current, code_of = [], {}
    rows = db.execute(
        "SELECT wardKey, wardCode, wardType, wardShort, wardLat, wardLon, wardAreaKm2 FROM admin_units WHERE provinceCode = ?",
        [HUE],
    )
    for key, code, kind, name, lat, lon, area in rows:
        code_of[key] = code
        current.append([code, kind.lower(), name, f"{lat:.4f}", f"{lon:.3f}", f"{area:.2f}"])

    current_of = {old: code_of[new] for new, olds in merged.items() for old in olds}
    former = []
    rows = db.execute(
        "SELECT provinceKey || '_' || districtKey || '_' || wardKey, wardCode, wardType, wardShort, districtCode,"
        " district, wardLat, wardLon, wardBounds FROM admin_units_legacy WHERE provinceCode = ?",
        [HUE],
    )
    for key, code, kind, name, district_code, district, lat, lon, bounds in rows:
        lat, lon, extent = centre(lat, lon, bounds)
        former.append(
            [code, kind.lower(), name, district_code, district, current_of[key], f"{lat:.5f}", f"{lon:.5f}", f"{extent:.2f}"]
        )
    assert len(current) == 40 and len(former) == 133 and len(current_of) == 133
    return (
        table(["code", "kind", "name", "district_code", "district", "current_code", "lat", "lon", "extent_km"], former),
        table(["code", "kind", "name", "lat", "lon", "area_km2"], current),
    )


def centre(lat, lon, bounds):
    """The middle of the geocoder's box and half its width, or the bare point where the box is that of a district or of a house."""
    south, west, north, east = (float(x) for corner in bounds.split("–") for x in corner.split(","))
    height = (north - south) * 111.195
    width = (east - west) * 111.195 * math.cos(math.radians(16.4))
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
