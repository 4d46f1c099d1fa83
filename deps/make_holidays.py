"""make_holidays.py: writes models/world_holidays.csv, the public holidays of all countries and regions that the package `holidays` knows, and
the days on which shops are busy though nobody is off. Run it by deps/holidays, which gets the pinned package.

A line is one holiday of one country or region: its days are years after month-day, as in `04-21:2014 2019-2021;04-22:2030`.

| column | what it is |
|---|---|
| country | ISO 3166 code |
| region | ISO 3166-2 part of the country; empty: all of it |
| kind | public; observed: a day off for a holiday that falls on a day off; occasion: no day off; lacking: a public holiday of the country that the region has not; regions, weekend, seasons: name lists the country's regions, the days of its weekend (Monday 1), or says north or south |
| certain | no: reckoned for a calendar that follows the moon as it is seen |
| name | in English |
| days | as above |
"""
from __future__ import annotations

import collections
import csv
import datetime
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import holidays
from dateutil.easter import easter

YEARS = range(1990, 2051)
OUT = Path(__file__).resolve().parents[1] / "models" / "world_holidays.csv"
Day = datetime.date
Named = tuple[Day, str, str, bool]  # day, kind, name, certain

# ---- public holidays ----


def read_name(written: str) -> tuple[str, str, bool]:
    """(kind, name, certain) of a name as the package writes it: `Eid al-Fitr (observed, estimated)`."""
    marks = re.findall(r"\(([^)]*)\)", written)
    observed = any(re.search(r"observed|in lieu|substitute", mark) for mark in marks) or written.startswith("Substitute")
    estimated = any("estimated" in mark for mark in marks)
    name = re.sub(r" *\((?:observed|estimated|, |substitute day|in lieu|substituted from [^)]*)+\)", "", written).strip()
    return "observed" if observed else "public", name, not estimated


def public(country: str, region: str | None) -> set[Named]:
    found = holidays.country_holidays(country, subdiv=region, years=YEARS, language="en_US")
    return {(day, *read_name(name)) for day in found for name in found.get_list(day)}


# ---- occasions ----


def weekday_of_month(month: int, weekday: int, nth: int) -> Callable[[int], Day]:
    """The nth such weekday (Monday 0) of a month; nth -1: the last."""
    def day(year: int) -> Day:
        if nth > 0:
            first = Day(year, month, 1)
            return first + datetime.timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))
        last = Day(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(1)
        return last - datetime.timedelta((last.weekday() - weekday) % 7)
    return day


def on(month: int, day: int) -> Callable[[int], Day]:
    return lambda year: Day(year, month, day)


def after(start: Callable[[int], Day], days: int) -> Callable[[int], Day]:
    return lambda year: start(year) + datetime.timedelta(days)


def before_easter(days: int) -> Callable[[int], Day]:
    return lambda year: easter(year) - datetime.timedelta(days)


def french_mothers_day(year: int) -> Day:
    """The last Sunday of May, a week later where that is Pentecost."""
    last = weekday_of_month(5, 6, -1)(year)
    return last + datetime.timedelta(7 if last == easter(year) + datetime.timedelta(49) else 0)


def advent(nth: int) -> Callable[[int], Day]:
    """The nth Sunday of Advent; the fourth is the last Sunday before Christmas."""
    return lambda year: Day(year, 12, 24) - datetime.timedelta((Day(year, 12, 24).weekday() + 1) % 7 + 7 * (4 - nth))


thanksgiving = weekday_of_month(11, 3, 4)
CHRISTIAN = ("AT AU BE BG BR CA CH CL CO CR CY CZ DE DK DO EC EE ES FI FR GB GR GT HN HR HU IE IS IT LI LT LU LV MT MX NI NL NO NZ PA PE PH PL "
             "PT PY RO RS SE SI SK SV UA US UY VE ZA AR BO")
WITHOUT = "SA AE KW QA OM YE IR IQ AF SD SO LY"  # where what follows is no custom

# Days on which nobody is off and shops are busy: (name, day, countries or all, from which year they mattered).
OCCASIONS: list[tuple[str, Callable[[int], Day], str, int]] = [
    ("Valentine's Day", on(2, 14), f"* -{WITHOUT}", 1990),
    ("Women's Day", on(3, 8), "RU UA BY KZ PL CZ SK RO BG IT RS HR SI VN CN", 1990),
    ("Saint Patrick's Day", on(3, 17), "IE US GB CA AU", 1990),
    ("Carnival Monday", before_easter(48), "DE AT BE NL", 1990),
    ("Shrove Tuesday", before_easter(47), "FR ES IT PT BR GB IE DK SE FI PL DE AT", 1990),
    ("Good Friday", before_easter(2), "US FR IT AT JP", 1990),
    ("Easter Sunday", before_easter(0), CHRISTIAN, 1990),
    ("Mother's Day", weekday_of_month(5, 6, 2), "US CA AU NZ DE AT CH IT NL BE DK FI CZ SK GR TR BR JP IN PH SG MY ZA CO PE CL EC VE LV EE HR UA", 1990),
    ("Mother's Day", before_easter(21), "GB IE", 1990),
    ("Mother's Day", weekday_of_month(5, 6, 1), "ES PT HU RO LT", 1990),
    ("Mother's Day", weekday_of_month(5, 6, -1), "SE DO", 1990),
    ("Mother's Day", french_mothers_day, "FR", 1990),
    ("Mother's Day", on(5, 10), "MX GT SV", 1990),
    ("Mother's Day", on(5, 26), "PL", 1990),
    ("Mother's Day", weekday_of_month(10, 6, 3), "AR", 1990),
    ("Mother's Day", weekday_of_month(2, 6, 2), "NO", 1990),
    ("Mother's Day", on(3, 21), "EG LB JO SY BH AE SA KW QA OM", 1990),
    ("Father's Day", weekday_of_month(6, 6, 3), "US CA GB IE FR NL IN JP MX AR CL CO PE ZA PH SG MY CN HK TR GR CZ SK HU", 1990),
    ("Father's Day", after(easter, 39), "DE", 1990),
    ("Father's Day", on(3, 19), "ES PT IT", 1990),
    ("Father's Day", weekday_of_month(8, 6, 2), "BR", 1990),
    ("Father's Day", weekday_of_month(9, 6, 1), "AU NZ", 1990),
    ("Father's Day", weekday_of_month(11, 6, 2), "SE NO FI DK EE IS", 1990),
    ("Super Bowl Sunday", weekday_of_month(2, 6, 1), "US", 2004),
    ("Super Bowl Sunday", weekday_of_month(2, 6, 2), "US", 2022),
    ("Halloween", on(10, 31), "US CA GB IE AU NZ DE AT FR NL ES MX", 1990),
    ("Thanksgiving Eve", after(thanksgiving, -1), "US", 1990),
    ("Black Friday", after(thanksgiving, 1), "US CA", 1990),
    ("Black Friday", after(thanksgiving, 1), f"* -US CA {WITHOUT}", 2013),
    ("Cyber Monday", after(thanksgiving, 4), "US CA", 2005),
    ("Cyber Monday", after(thanksgiving, 4), f"* -US CA {WITHOUT}", 2013),
    ("Singles' Day", on(11, 11), "CN HK TW SG MY TH VN ID PH", 2009),
    ("St Nicholas' Eve", on(12, 5), "NL BE", 1990),
    ("St Nicholas' Day", on(12, 6), "DE AT CZ PL HU SI HR LU", 1990),
    ("First Sunday of Advent", advent(1), "DE AT CH SE FI NO DK", 1990),
    ("Fourth Sunday of Advent", advent(4), "DE AT CH SE FI NO DK", 1990),
    ("Christmas Eve", on(12, 24), f"{CHRISTIAN} JP KR HK SG", 1990),
    ("New Year's Eve", on(12, 31), f"* -{WITHOUT}", 1990),
]


def countries_of(written: str, all_countries: list[str]) -> list[str]:
    """`GB IE`, or `* -SA AE`: all but these."""
    if not written.startswith("*"):
        return written.split()
    return sorted(set(all_countries) - set(written.partition("-")[2].split()))


def occasions(country: str, all_countries: list[str], taken: set[Named]) -> set[Named]:
    """Those of the country that fall on no public holiday of the same name; the later of two rules of one name holds from its year."""
    found: dict[tuple[str, int], Day] = {}
    for name, rule, where, since in OCCASIONS:
        if country in countries_of(where, all_countries):
            found.update({(name, year): rule(year) for year in YEARS if year >= since})
    named = {(name, day) for day, _, name, _ in taken}
    return {(day, "occasion", name, True) for (name, _), day in found.items() if (name, day) not in named}


# ---- the country ----

SOUTH = "AR AU BO BW BR CL FJ LS MG MU MW MZ NA NC NZ PE PF PY RE SZ UY VU ZA ZM ZW FK GS NF TO WS AO"
NO_SEASONS = ("BI BN CD CG CM CO CR CW CX EC GA GD GF GH GN GQ GY HT ID KE KI KM LK LR MH MV MY NG NI NR PA PG PH PW RW SB SC SG SL SO SR SS ST "
              "SV TG TL TT TV TZ UG VE FM GU MP AS BB LC VC DM AG KN MS AI VG VI PR DO JM")


def facts(country: str, regions: list[str]) -> Iterator[tuple[str, str]]:
    """(kind, name) of what else a calendar wants to know of a country."""
    if regions:
        yield "regions", " ".join(sorted(regions))
    yield "weekend", " ".join(str(day + 1) for day in sorted(holidays.country_holidays(country).weekend))
    if country not in NO_SEASONS.split():
        yield "seasons", "south" if country in SOUTH.split() else "north"


# ---- the table ----


def rows_of(country: str, regions: list[str], all_countries: list[str]) -> Iterator[tuple[str, set[Named]]]:
    nation = public(country, None)
    yield "", nation | occasions(country, all_countries, nation)
    for region in regions:
        here = public(country, region)
        lacking = {(day, "lacking", name, certain) for day, _, name, certain in nation - here}
        yield region, (here - nation) | lacking


def runs_of(years: list[int]) -> str:
    """Rising years, those in a row as first-last."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def days_of(days: list[Day]) -> str:
    years: dict[str, list[int]] = collections.defaultdict(list)
    for day in sorted(days):
        years[f"{day:%m-%d}"].append(day.year)
    return ";".join(f"{place}:{runs_of(years[place])}" for place in sorted(years))


def main() -> None:
    warnings.simplefilter("ignore")  # the package tells of countries whose holidays it knows for some of the years only
    countries = holidays.list_supported_countries(include_aliases=False)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    with open(path, "w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["country", "region", "kind", "certain", "name", "days"])
        for country in sorted(countries):
            for kind, name in facts(country, countries[country]):
                lines.writerow([country, "", kind, "yes", name, ""])
            for region, named in rows_of(country, sorted(countries[country]), sorted(countries)):
                together: dict[tuple[str, str, bool], list[Day]] = collections.defaultdict(list)
                for day, kind, name, certain in named:
                    together[kind, name, certain].append(day)
                for (kind, name, certain), days in sorted(together.items()):
                    lines.writerow([country, region, kind, "yes" if certain else "no", name, days_of(days)])
    print(f"{path}: {len(countries)} countries, {path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
