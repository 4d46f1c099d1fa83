"""foresell apply on CSV reads a file once, as its first rows say; where a later cell is not like those, all is as if the whole had been looked at."""
import csv
import io

import pytest

ROWS = 40_000  # more than what is looked at first: a megabyte
HEAD = "item,day,units,note\n"


def line(n: int, item: str = "", day: str = "", units: str = "", note: str = "") -> str:
    return f"{item or f'G{n // 1000}'},{day or f'20{20 + n % 1000 // 336}-{n % 12 + 1:02}-{n % 336 // 12 + 1:02}'},{units or n * 7 % 11},{note or 'as it was counted'}\n"


def rows(late: str = "", first: str = "") -> str:
    """Forty groups of a thousand days; `first` is each group, `late` one line before the last."""
    lines = [line(n, item=first and f"{n // 1000 + 10}") for n in range(ROWS)]
    lines[-2] = late or lines[-2]
    return HEAD + "".join(lines)


def applied(foresell, folder, text: str, *more: str, encoding: str = "utf-8", check: bool = True):
    path = folder / "in.csv"
    path.write_bytes(text.encode(encoding))
    return foresell("apply", "trend", path, "--group", "item", "--order", "day", "--value", "units", *more, check=check, timeout=120)


def table(result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(result.stdout)))


def test_a_number_with_a_fraction_near_the_end_counts(foresell, tmp_path):
    whole = table(applied(foresell, tmp_path, rows()))
    late = table(applied(foresell, tmp_path, rows(line(ROWS - 2, units="100000.5"))))
    assert late[:-1] == whole[:-1] and late[-1] != whole[-1]


@pytest.mark.parametrize("cell", ["dozen", "2024-01-01", "12;3"])
def test_a_bad_number_near_the_end_is_named_with_its_line(foresell, tmp_path, cell):
    refused = applied(foresell, tmp_path, rows(line(ROWS - 2, units=cell)), check=False)
    assert refused.returncode == 3 and f"units: '{cell}' is not a whole number" in refused.stderr and f"in.csv:{ROWS}" in refused.stderr.replace(", line ", ":"), refused.stderr


def test_a_line_with_too_few_fields_near_the_end_is_named(foresell, tmp_path):
    refused = applied(foresell, tmp_path, rows("G39,2022-12-01\n"), check=False)
    assert refused.returncode == 3 and "too few fields" in refused.stderr, refused.stderr


def test_a_code_near_the_end_makes_all_groups_codes(foresell, tmp_path):
    plain = table(applied(foresell, tmp_path, rows(first="numbers")))
    late = table(applied(foresell, tmp_path, rows(line(ROWS - 2, item="049"), first="numbers")))
    assert {row[0] for row in late[1:]} == {row[0] for row in plain[1:]} | {"049"}


def test_letters_of_latin_1_near_the_end_are_read(foresell, tmp_path):
    found = table(applied(foresell, tmp_path, rows(line(ROWS - 2, item="Käse")), encoding="latin-1"))
    assert found[-1][0] == "Käse"


def test_a_column_that_is_empty_at_first_is_a_regressor_where_it_has_numbers_later(foresell, tmp_path):
    lines = [f"A,{n},{n * 7 % 11},{'' if n < ROWS // 2 else n % 2},a longer text that fills the lines\n" for n in range(ROWS)]
    path = tmp_path / "in.csv"
    path.write_text("item,period,units,promo,text\n" + "".join(lines))
    result = foresell("apply", "forecast", path, "--group", "item", "--order", "period", "--value", "units", "--model", "snaive", "--season", "1", "--horizon", "2")
    assert "promo" not in result.stderr and "text: left alone" in result.stderr, result.stderr


def test_what_was_taken_for_what_is_said_once(foresell, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(rows(line(ROWS - 2, units="1.5")))
    result = foresell("apply", "trend", path, "--group", "item")
    assert result.stderr.count("day: taken as the order") == 1 and result.stderr.count("units: taken as value") == 1, result.stderr
