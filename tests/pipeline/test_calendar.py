"""Holidays of the world, the days of a run's calendar, and tables that come with the steps."""
import csv
import datetime
import subprocess
from pathlib import Path

import pytest

from source_shop import ask

ROOT = Path(__file__).resolve().parents[2]
DAY = datetime.date


@pytest.fixture(scope="module")
def little(tmp_path_factory) -> Path:
    """A shop of one product and 900 days from 2022 on; its Easter and its 24th of December sell five times as much."""
    folder = tmp_path_factory.mktemp("little") / "files"
    folder.mkdir()
    high = {DAY(2022, 4, 14), DAY(2023, 4, 6), DAY(2024, 3, 28), DAY(2022, 12, 24), DAY(2023, 12, 24)}
    with open(folder / "till.csv", "w") as out:
        out.write("date,item,units,revenue\n")
        for n in range(800):
            day = DAY(2022, 1, 1) + datetime.timedelta(n)
            units = (20 + n % 3) * (5 if day in high else 1)
            out.write(f"{day},tea,{units},{units * 2.5:.2f}\n")
    return folder


def made(foresell, files: Path, project: Path, *settings: str, only: str = "calendar_days") -> Path:
    foresell("init", project, "--from", files, *(word for s in settings for word in ("--set", s)))
    foresell("run", project, "--only", only, timeout=300)
    return project / "runs" / "latest" / "tables"



def named(tables: Path, year: int) -> set[tuple]:
    return set(ask(tables, "day, name, kind", "holidays", f"where year(day) = {year} and kind <> 'occasion'"))


# ---- whose holidays count ----

# Public holidays of France in 2023, as its calendar says, and some of them that are not of its neighbours.
FRENCH = ["01-01", "04-10", "05-01", "05-08", "05-18", "05-29", "07-14", "08-15", "11-01", "11-11", "12-25"]


def closed_on(folder: Path, closed: set[datetime.date]) -> Path:
    """A shop that sells twenty-five lines each day of 2023 but Sundays and those of `closed`."""
    folder.mkdir()
    with open(folder / "till.csv", "w") as out:
        out.write("date,item,units,revenue\n")
        for n in range(365):
            day = DAY(2023, 1, 1) + datetime.timedelta(n)
            if day in closed or day.isoweekday() == 7:
                continue
            for item in range(25):
                out.write(f"{day},tea {item},{1 + (item + n) % 4},{(1 + (item + n) % 4) * 2.5:.2f}\n")
    return folder


def country_of(tables: Path) -> tuple:
    [row] = ask(tables, "country, told_by, holidays, closed_holidays, closed_days", "country")
    return row


def test_the_country_is_told_by_the_days_on_which_the_shop_was_closed(foresell, tmp_path):
    french = {DAY.fromisoformat(f"2023-{day}") for day in FRENCH}
    files = closed_on(tmp_path / "files", (french - {DAY(2023, 11, 11)}) | {DAY(2023, 3, 7), DAY(2023, 9, 20)})
    tables = made(foresell, files, tmp_path / "p")
    # Sundays are closed anyway and tell nothing: 1 January is one; 11 November, a Saturday, was open
    assert country_of(tables) == ("FR", "closed days", 10, 9, 11)
    assert (DAY(2023, 7, 14), "National Day", "public") in named(tables, 2023)
    assert ask(tables, "holiday", "calendar_days", "where day = date '2023-07-14'") == [("National Day",)]


def test_closed_days_that_are_no_countrys_holidays_tell_none(foresell, tmp_path):
    files = closed_on(tmp_path / "files", {DAY(2023, 2, 3) + datetime.timedelta(23 * n) for n in range(12)})
    tables = made(foresell, files, tmp_path / "p")
    assert country_of(tables) == (None, None, None, None, None)
    assert ask(tables, "count(*)", "holidays") == [(0,)]


def test_days_that_many_countries_keep_tell_none(foresell, tmp_path):
    files = closed_on(tmp_path / "files", {DAY(2023, 4, 7), DAY(2023, 4, 10), DAY(2023, 12, 25), DAY(2023, 12, 26)})
    assert country_of(made(foresell, files, tmp_path / "p"))[0] is None


def test_what_the_settings_name_is_not_asked_of_the_days(foresell, tmp_path):
    files = closed_on(tmp_path / "files", {DAY.fromisoformat(f"2023-{day}") for day in FRENCH})
    tables = made(foresell, files, tmp_path / "p", "country=be")
    assert country_of(tables) == ("BE", "settings", None, None, None)
    assert {name for _, name, _ in named(tables, 2023)} >= {"Armistice Day"}


def test_the_shops_of_a_german_chain_were_closed_on_german_holidays(foresell, data, tmp_path):
    tables = made(foresell, data / "rossmann", tmp_path / "p", only="country")
    country, told_by, holidays, closed, _ = country_of(tables)
    assert (country, told_by) == ("DE", "closed days") and closed >= holidays - 2 > 20


# ---- the table of the world ----


def test_the_table_is_what_its_generator_writes(tmp_path):
    done = subprocess.run([ROOT / "deps" / "holidays", tmp_path / "world.csv"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "world.csv").read_bytes() == (ROOT / "models" / "world_holidays.csv").read_bytes()


def test_the_table_knows_a_hundred_countries_over_sixty_years():
    with open(ROOT / "models" / "world_holidays.csv", newline="") as lines:
        world = list(csv.DictReader(lines))
    public = [line for line in world if line["kind"] == "public" and not line["region"]]
    whole = {line["country"] for line in public if "1990" in line["days"]} & {line["country"] for line in public if "2050" in line["days"]}
    assert len(whole) >= 100
    assert len({(line["country"], line["region"]) for line in world if line["region"]}) >= 400


# What official calendars say, written down by hand.
KNOWN = {
    ("GB", "SCT"): {(DAY(2022, 1, 4), "New Year Holiday", "observed"), (DAY(2022, 8, 1), "Summer Bank Holiday", "public"),
                    (DAY(2022, 11, 30), "Saint Andrew's Day", "public")},
    ("GB", ""): {(DAY(2022, 4, 18), "Easter Monday", "public"), (DAY(2022, 8, 29), "Late Summer Bank Holiday", "public"),
                 (DAY(2022, 9, 19), "State Funeral of Queen Elizabeth II", "public"), (DAY(2022, 12, 27), "Christmas Day", "observed")},
    ("DE", "DE-BY"): {(DAY(2022, 6, 16), "Corpus Christi", "public"), (DAY(2022, 11, 1), "All Saints' Day", "public")},
    ("US", ""): {(DAY(2022, 11, 24), "Thanksgiving Day", "public"), (DAY(2022, 6, 20), "Juneteenth National Independence Day", "observed")},
    ("JP", ""): {(DAY(2022, 3, 21), "Vernal Equinox Day", "public"), (DAY(2022, 9, 23), "Autumnal Equinox Day", "public")},
    ("IN", ""): {(DAY(2022, 8, 15), "Independence Day", "public")},
}


@pytest.mark.parametrize("place", KNOWN, ids=lambda place: "-".join(place))
def test_known_holidays_are_there(foresell, little, tmp_path, place):
    country, region = place
    tables = made(foresell, little, tmp_path / "p", f"country={country}", f"region={region}", only="holidays")
    assert KNOWN[place] <= named(tables, 2022)


def test_what_holds_in_few_regions_counts_there_only(foresell, little, tmp_path):
    whole = made(foresell, little, tmp_path / "whole", "country=DE", only="holidays")
    assert "All Saints' Day" not in {name for _, name, _ in named(whole, 2022)}
    scotland = made(foresell, little, tmp_path / "part", "country=gb", "region=sct", only="holidays")
    assert "Easter Monday" not in {name for _, name, _ in named(scotland, 2022)}


@pytest.mark.parametrize("settings", [["country=QQ"], ["country="], ["country=GB", "dates=numbered"]], ids=["no country", "not told", "made-up days"])
def test_without_a_country_there_are_no_holidays_and_all_days(foresell, little, tmp_path, settings):
    tables = made(foresell, little, tmp_path / "p", *settings)
    assert ask(tables, "*", "holidays") == []
    assert ask(tables, "count(*), count(holiday), bool_or(day_off)", "calendar_days") == [(828, 0, True)]


# ---- the days of a run ----


def test_days_off_bridges_eves_and_pay_days(foresell, little, tmp_path):
    tables = made(foresell, little, tmp_path / "p", "country=DE", "pay_days=[15, 31]")
    of = {row[0]: row[1:] for row in ask(tables, "day, holiday, weekend, day_off, bridge, eve, pay_day, season", "calendar_days")}
    assert min(of) == DAY(2022, 1, 1) and max(of) == DAY(2024, 4, 7) and len(of) == 828
    assert of[DAY(2022, 5, 26)] == ("Ascension Day", False, True, False, False, False, "spring")
    assert of[DAY(2022, 5, 27)] == (None, False, False, True, False, False, "spring")  # between a Thursday off and a Saturday
    assert of[DAY(2022, 4, 14)] == (None, False, False, False, True, True, "spring")  # the day before Good Friday; the 15th is off
    assert of[DAY(2022, 7, 29)][5] and not of[DAY(2022, 7, 30)][5]  # the 30th and 31st are a weekend
    assert of[DAY(2022, 12, 31)][6] == "winter" and of[DAY(2022, 7, 1)][6] == "summer"


def test_weekends_and_seasons_are_the_countrys(foresell, little, tmp_path):
    tables = made(foresell, little, tmp_path / "p", "country=SA")
    assert ask(tables, "distinct weekday", "calendar_days", "where weekend order by 1") == [(5,), (6,)]
    tables = made(foresell, little, tmp_path / "south", "country=AU")
    assert ask(tables, "distinct season", "calendar_days", "where month(day) = 7") == [("winter",)]


def test_a_moving_feast_is_the_cause_of_peaks_and_expected_where_it_comes_next(foresell, little, tmp_path):
    """Easter of 2024 lies 28 days behind the last sale and three weeks beside that of the years before."""
    tables = made(foresell, little, tmp_path / "p", "country=DE", only="peaks")
    total = {row[0]: row[1:] for row in ask(tables, 'period, cause, "when"', "peaks", "where level = 'total'")}
    assert total[DAY(2022, 4, 14)] == ("Good Friday", "past") and total[DAY(2023, 4, 6)] == ("Good Friday", "past")
    assert total[DAY(2022, 12, 24)] == ("Christmas Eve", "past")
    assert total[DAY(2024, 3, 28)] == ("Good Friday", "coming")
    assert [day for day, (_, when) in total.items() if when == "coming"] == [DAY(2024, 3, 28)]


# ---- tables that come with the steps ----


@pytest.fixture
def project(foresell, little, tmp_path) -> Path:
    foresell("init", tmp_path / "p", "--from", little)
    (tmp_path / "p" / "models").mkdir()
    (tmp_path / "p" / "models" / "sizes.sql").write_text("-- step: sizes\n-- about: sizes\n-- expect: unique(item)\n"
                                                         "select item, cast(size as double) as size from clusters order by item nulls first\n")
    (tmp_path / "p" / "models" / "clusters.csv").write_text("item,size\ntea,1\n")
    return tmp_path / "p"


def test_a_csv_file_beside_the_steps_is_a_table(foresell, project):
    clusters = project / "models" / "clusters.csv"
    clusters.write_text('item,size,note\ntea,1.5,"a, ""b"""\n"söup",2,\n')
    foresell("run", project, "--only", "sizes")
    tables = project / "runs" / "latest" / "tables"
    assert ask(tables, "*", "sizes") == [("söup", 2.0), ("tea", 1.5)]
    assert ask(tables, "*", "clusters") == [("tea", "1.5", 'a, "b"'), ("söup", "2", None)]
    clusters.write_text("item,size\ntea,3\n")
    foresell("run", project, "--only", "sizes", "--resume")
    assert ask(project / "runs" / "latest" / "tables", "*", "sizes") == [("tea", 3.0)]


def test_a_table_of_the_project_takes_the_place_of_the_programs(foresell, project):
    (project / "models" / "world_holidays.csv").write_text("country,region,kind,certain,name,days\nQQ,,public,yes,Moon Day,07-20:1990-2050\n")
    text = (project / "foresell.yaml").read_text()
    (project / "foresell.yaml").write_text(text.replace('country: ""', "country: QQ"))
    foresell("run", project, "--only", "holidays")
    assert ask(project / "runs" / "latest" / "tables", "count(*), min(name)", "holidays") == [(61, "Moon Day")]


@pytest.mark.parametrize("name, text, told", [
    ("clusters.csv", "item,size\ntea,1\ntea,1,2,3\n", "clusters.csv, line 3"), ("clusters.csv", "", "clusters.csv"),
    ("clusters.csv", b"item,size\n\xff\xfe,1\n", "clusters.csv, line 2"),
    ("sales.csv", "a,b\n1,2\n", "a table of the run has this name already"), ("My Table.csv", "a,b\n1,2\n", "is made of a-z, 0-9 and _"),
    ("till.csv", "a,b\n1,2\n", "the raw table till has the name of a table that comes with the steps")])
def test_a_bad_table_is_told_by_name(foresell, project, name, text, told):
    path = project / "models" / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = foresell("run", project, "--only", "periods", check=False)
    assert done.returncode in (2, 3) and told in done.stderr and "nan" not in done.stderr.split()
    assert not (project / "runs" / "latest").exists()


# ---- what holidays did ----


def test_the_planted_effects_of_holidays_are_found_again(foresell, tmp_path):
    """Against the truth that simulate writes beside its files: the logarithm of what each day did to the total."""
    foresell("simulate", tmp_path / "shop", "--items", 60, "--stores", 3, "--customers", 2000, "--lines", 150000)
    tables = made(foresell, tmp_path / "shop", tmp_path / "p", only="calendar_effects")
    with open(tmp_path / "shop-truth" / "events.csv", newline="") as lines:
        truth = {line["event"]: -1 if line["closed"] == "yes" else 2.718281828 ** float(line["log_effect"]) - 1 for line in csv.DictReader(lines) if line["event"]}
    what = "name, effect, low, high, sure"
    found = {row[0]: row[1:] for row in ask(tables, what, "calendar_effects", "where level = 'total' and days_before = 0")}
    for name, as_called in {"Black Friday": "Black Friday", "Christmas": "Christmas Day", "Good Friday": "Good Friday", "Valentine's Day": "Valentine's Day"}.items():
        effect, low, high, sure = found[as_called]
        assert effect == pytest.approx(truth[name], abs=0.2) and low - 0.1 <= truth[name] <= high + 0.1, (name, effect, truth[name])
        assert sure or abs(truth[name]) < 0.3
    ordinary = ask(tables, "count(*), count(*) filter (where sure)", "calendar_effects", "where level = 'total' and kind in ('pay day', 'bridge')")[0]
    assert ordinary[0] >= 1 and ordinary[1] == 0, "nothing was planted there"


def test_one_large_order_makes_no_holiday(foresell, tmp_path):
    """Fifty times the usual on one Shrove Tuesday, nothing on the next."""
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "till.csv", "w") as out:
        out.write("date,item,units,revenue\n")
        for n in range(800):
            day = DAY(2022, 1, 1) + datetime.timedelta(n)
            units = 20 + n * 7 % 5 + (1000 if day == DAY(2022, 3, 1) else 0)
            out.write(f"{day},tea,{units},{units * 2.5:.2f}\n")
    tables = made(foresell, tmp_path / "files", tmp_path / "p", "country=GB", only="calendar_effects")
    times, effect, sure = ask(tables, "times, effect, sure", "calendar_effects", "where level = 'total' and name = 'Shrove Tuesday' and days_before = 0")[0]
    assert times == 3 and effect > 10 and not sure


# ---- what is forecast of them ----

@pytest.fixture(scope="module")
def festive(foresell, tmp_path_factory) -> Path:
    """A shop until 10 December 2024: closed on Christmas Day, three times the usual on the day before Easter, of which one comes after the end."""
    folder = tmp_path_factory.mktemp("festive")
    (folder / "files").mkdir()
    saturdays = {DAY(2022, 4, 16), DAY(2023, 4, 8), DAY(2024, 3, 30)}
    with open(folder / "files" / "till.csv", "w") as out:
        out.write("date,store,item,units,revenue\n")
        for n in range((DAY(2024, 12, 10) - DAY(2022, 1, 1)).days + 1):
            day = DAY(2022, 1, 1) + datetime.timedelta(n)
            if (day.month, day.day) == (12, 25):
                continue
            for item in range(6):
                units = (40 + (n * 7 + item) % 5) * (3 if day in saturdays else 1)
                out.write(f"{day},north,tea {item},{units},{units * 2.5:.2f}\n")
    return folder


@pytest.mark.parametrize("step", ["forecast_total", "forecast_store", "forecast_revenue"])
def test_a_holiday_on_which_all_was_shut_is_expected_to_be_so_again(foresell, festive, step):
    tables = made(foresell, festive / "files", festive / step, "country=GB", "absent=closed", only=step)
    first, = ask(tables, "min(period), count(*)", step)
    assert first == (DAY(2024, 12, 11), 28)
    usual, = ask(tables, "min(mean), max(mean)", step, "where period < date '2024-12-22'")
    closed, drivers = ask(tables, "mean, drivers", step, "where period = date '2024-12-25'")[0]
    assert closed < 0.06 * usual[0] and usual[1] < 1.1 * usual[0]
    assert drivers.startswith("Christmas Day -9")


def test_a_day_before_a_holiday_is_expected_to_sell_as_it_did(foresell, festive):
    tables = made(foresell, festive / "files", festive / "spring", "country=GB", "absent=closed", "forecast.start=2024-03-11", only="forecast_total")
    usual, = ask(tables, "median(mean)", "forecast_total")
    busy, drivers = ask(tables, "mean, drivers", "forecast_total", "where period = date '2024-03-30'")[0]
    assert 2 * usual[0] < busy < 3.3 * usual[0] and "before Easter" in drivers.replace("after Good Friday", "before Easter")
