"""README shows what the program prints for the shop that `make run` makes up. What can be known without a run of it is held here."""
import csv
import re
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def shown(command: str) -> list[str]:
    """The lines that README shows under a command."""
    match = re.search(rf"^\$ foresell {command}[^\n]*\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert match, f"README shows nothing of foresell {command}"
    return [line for line in match[1].splitlines() if line.strip(" …")]


def rows_of(folder: Path) -> int:
    """Of all files there, without their headers."""
    return sum(sum(1 for _ in csv.reader(path.open(newline="", encoding="utf-8"))) - 1 for path in folder.glob("*.csv"))


def test_the_run_in_readme_is_of_the_shop_that_is_made_up(foresell, tmp_path):
    said = foresell("simulate", tmp_path / "files").stdout
    pieces, money = re.search(r"(\d+) units, ([\d.]+) GBP", said).groups()
    lines = shown("run")
    assert f"{int(pieces):,} pieces were sold for GBP {float(money):,.0f}, " in lines[0]
    assert f" {rows_of(tmp_path / 'files'):,} rows read " in lines[4]


def test_what_readme_shows_of_init_is_said(foresell, tmp_path):
    foresell("simulate", tmp_path / "files", "--days", 120, "--customers", 100, "--lines", 3000)
    said = foresell("init", tmp_path / "shop", "--from", tmp_path / "files").stdout
    assert "\n".join(shown("init")) in said
