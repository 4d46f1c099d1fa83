"""Cohorts of made-up shops against plain Python over the same lines: months, quarters, what came back, and what is too little."""
import collections
import csv
import datetime
from pathlib import Path

import pytest

from source_shop import ask

DAY = datetime.date
COLUMNS = ["date", "invoice", "customer", "item", "units", "amount"]


def write(folder: Path, lines: list[dict]) -> Path:
    (folder / "files").mkdir(parents=True)
    with open(folder / "files" / "till.csv", "w", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(lines)
    return folder


def cohorts(foresell, folder: Path, lines: list[dict]) -> list[tuple]:
    """The table of a shop with these lines, cohorts as dates."""
    foresell("init", folder / "p", "--from", write(folder, lines) / "files")
    foresell("run", folder / "p", "--only", "cohorts", timeout=300)
    return ask(folder / "p" / "runs" / "latest" / "tables", "cohort, age, customers, active, orders, revenue", "cohorts", "order by cohort, age")


def line(number: int, day: DAY, customer: str, units: int = 1, price: float = 10.0) -> dict:
    back = "C" if units < 0 else ""
    return {"date": day, "invoice": f"{back}{100000 + number}", "customer": customer, "item": f"p{number % 7}", "units": units, "amount": units * price}


def visits(first: DAY, days: int) -> list[dict]:
    """A shop that sells every day to somebody; customer n comes first on day 5 n and then every 20 + n days, twice on some days, and
    brings back something now and then; every ninth line has no customer."""
    lines: list[dict] = []
    for n in range(days):
        day = first + datetime.timedelta(n)
        lines.append(line(len(lines), day, "c900" if n % 9 else ""))
        for customer in range(days // 5):
            since = n - 5 * customer
            if since < 0 or since % (20 + customer):
                continue
            for _ in range(1 + customer % 2):
                lines.append(line(len(lines), day, f"c{customer}", 1 + customer % 3, 4.0))
            if customer % 5 == 0:
                lines.append(line(len(lines), day, f"c{customer}", -1, 3.0))
    return lines


def expected(lines: list[dict], months: int, behind: DAY) -> list[tuple]:
    """Stretches of `months` months that end before `behind`."""
    def stretch(day):
        return (12 * day.year + day.month - 1) // months

    bought, money, first = collections.defaultdict(set), collections.defaultdict(float), {}
    for one in lines:
        if not one["customer"]:
            continue
        key = (one["customer"], stretch(one["date"]))
        money[key] += one["amount"]
        if one["units"] > 0:
            bought[key].add(one["date"])
            first[one["customer"]] = min(first.get(one["customer"], key[1]), key[1])
    rows = []
    for cohort in sorted(set(first.values())):
        members = [c for c, at in first.items() if at == cohort]
        for age in range(max(0, stretch(behind) - cohort)):
            keys = [(c, cohort + age) for c in members]
            rows.append((DAY(cohort * months // 12, cohort * months % 12 + 1, 1), age, len(members), sum(bool(bought[k]) for k in keys),
                         sum(len(bought[k]) for k in keys), pytest.approx(sum(money[k] for k in keys))))
    return rows


def test_months_are_those_of_first_purchases_and_end_with_the_last_whole_one(foresell, tmp_path):
    lines = visits(DAY(2022, 3, 10), 400)  # until 13 Apr 2023
    rows = cohorts(foresell, tmp_path, lines)
    assert rows == expected(lines, 1, DAY(2023, 4, 1))
    assert max(r[0] for r in rows) == DAY(2023, 3, 1)


def test_a_month_that_lacks_two_days_is_whole(foresell, tmp_path):
    lines = visits(DAY(2022, 3, 1), 90)  # until 29 May
    assert cohorts(foresell, tmp_path, lines) == expected(lines, 1, DAY(2022, 6, 1))


def test_of_more_than_two_years_quarters_are_told(foresell, tmp_path):
    lines = visits(DAY(2021, 1, 1), 800)  # until 11 Mar 2023: 26 whole months
    rows = cohorts(foresell, tmp_path, lines)
    assert rows == expected(lines, 3, DAY(2023, 1, 1))
    assert {r[0].month for r in rows} <= {1, 4, 7, 10}


def test_of_two_years_months_are_told(foresell, tmp_path):
    lines = visits(DAY(2021, 1, 1), 731)  # until 1 Jan 2023: 24 whole months
    assert cohorts(foresell, tmp_path, lines) == expected(lines, 1, DAY(2023, 1, 1))


def test_who_only_brings_back_is_no_customer(foresell, tmp_path):
    lines = [one for one in visits(DAY(2022, 3, 1), 120) if one["customer"] not in ("c1", "c2")]
    back = [line(90000 + n, DAY(2022, 3, 1) + datetime.timedelta(n), "returner", -1) for n in range(20)]
    assert cohorts(foresell, tmp_path, lines + back) == expected(lines, 1, DAY(2022, 7, 1))  # until 28 June


def test_without_money_orders_are_counted(foresell, tmp_path):
    lines = visits(DAY(2022, 3, 1), 92)
    rows = cohorts(foresell, tmp_path, [{**one, "amount": ""} for one in lines])
    assert [row[:5] for row in rows] == [row[:5] for row in expected(lines, 1, DAY(2022, 6, 1))]
    assert {row[5] for row in rows} == {None}


@pytest.mark.parametrize("what", ["no customers", "a part of a month", "one day"])
def test_too_little_gives_no_rows(foresell, tmp_path, what):
    days = {"no customers": 120, "a part of a month": 20, "one day": 1}[what]
    lines = visits(DAY(2022, 3, 1), days)
    if what == "no customers":
        lines = [{**one, "customer": ""} for one in lines]
    assert cohorts(foresell, tmp_path, lines) == []
