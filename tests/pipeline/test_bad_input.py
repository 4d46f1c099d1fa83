"""What retailers' files do wrong: each ends in one clear message that names the file, the row and
the remedy, or in quarantine; never in a crash, a hang, or a silently smaller table.

Every accepted run is also held to the accounting: rows in = canonical + quarantine + merged.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import duckdb
import pytest

HEADER = "date,store,product,quantity,price\n"


def row(day: int, item: str = "A1", units: str = "3", price: str = "2.50") -> str:
    return f"2024-{1 + day // 28 % 12:02d}-{1 + day % 28:02d},S1,{item},{units},{price}\n"


def good_rows(count: int) -> str:
    return "".join(row(k % 300, f"A{k % 7}", str(1 + k % 5)) for k in range(count))


def project(tmp_path: Path, name: str = "sales.csv", content: str | bytes = "") -> Path:
    folder = tmp_path / "shop"
    folder.mkdir(exist_ok=True)
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    return folder


def manifest(folder: Path) -> dict:
    return json.loads((folder / "runs" / "latest" / "manifest.json").read_text())


def quarantine(folder: Path) -> list[dict]:
    table = duckdb.sql(f"select columns(*)::varchar from '{folder}/runs/latest/tables/quarantine.parquet'")
    return [{name: "" if cell is None else cell for name, cell in zip(table.columns, cells)} for cells in table.fetchall()]


def init_and_run(foresell, folder: Path, *only: str):
    foresell("init", str(folder))
    return foresell("run", str(folder), *only)


def init_and_read(foresell, folder: Path):
    """As far as the lines sold, without the steps behind them and the report."""
    return init_and_run(foresell, folder, "--only", "sales_lines")


def accounted(folder: Path) -> dict[str, dict]:
    files = {Path(f["path"]).name: f for f in manifest(folder)["files"]}
    for name, f in files.items():
        assert f["rows_in"] == f["rows_kept"] + f["rows_quarantined"] + f["rows_merged"], (name, f)
    return files


def refused(result, *words: str) -> str:
    """The command failed with a message for people: no crash (negative code), no stack, one remedy."""
    assert result.returncode in (1, 2, 3, 4), (result.returncode, result.stderr)
    text = result.stderr.strip()
    assert text and "Assertion" not in text and "Segmentation" not in text
    assert len(text) < 3000, "a message, not a dump"
    for word in words:
        assert re.search(word, text, re.IGNORECASE), (word, text)
    return text


def test_an_empty_file_is_told_and_leaves_the_others_alone(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(600))
    (folder / "nothing.csv").write_bytes(b"")
    told = foresell("init", str(folder))
    assert "nothing.csv" in told.stdout and "empty" in told.stdout
    foresell("run", str(folder))
    assert accounted(folder)["sales.csv"]["rows_kept"] == 600


def test_only_an_empty_file_is_refused_with_its_name(foresell, tmp_path):
    folder = project(tmp_path, content="")
    refused(foresell("init", str(folder), check=False), r"sales\.csv", "empty")


def test_a_header_only_is_a_shop_without_sales(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER)
    result = foresell("init", str(folder), check=False)
    if result.returncode:
        refused(result, r"sales\.csv", "row|line|empty")
    else:
        foresell("run", str(folder))
        assert [Path(f).name for f in manifest(folder)["files_left_alone"]] == ["sales.csv"]
        assert {t["name"]: t["rows"] for t in manifest(folder)["tables"]}["sales"] == 0


def test_ragged_lines_go_to_quarantine_as_they_were(foresell, tmp_path):
    text = HEADER + good_rows(400) + "2024-02-02,S1,A1,3\n" + good_rows(200) + "2024-02-03,S1,A1,3,2.5,9,9\n"
    folder = project(tmp_path, content=text)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == 602
    bad = {q["line"]: q for q in quarantine(folder)}
    assert bad["402"]["row"] == "2024-02-02,S1,A1,3" and "few" in bad["402"]["reason"]
    assert bad["603"]["row"] == "2024-02-03,S1,A1,3,2.5,9,9" and "many" in bad["603"]["reason"]
    assert len(bad) == 2


def test_a_picture_named_csv_is_recognised(foresell, tmp_path):
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    folder = project(tmp_path, "sales.csv", picture)
    refused(foresell("init", str(folder), check=False), r"sales\.csv", "png|picture|image|binary")


def test_a_line_of_a_gigabyte_is_cut_out_in_bounded_memory(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(400))
    with open(folder / "sales.csv", "ab") as file:
        file.write(b"2024-02-02,S1,")
        piece = b"x" * (1 << 20)
        for _ in range(1024):
            file.write(piece)
        file.write(b",3,2.5\n" + good_rows(100).encode())
    timing = ["/usr/bin/time", "-f", "%M", "-o", str(tmp_path / "peak")]
    foresell("init", str(folder), prefix=timing)
    foresell("run", str(folder), prefix=timing)
    assert int((tmp_path / "peak").read_text()) < 1 << 20, "peak memory stays under 1 GiB"
    assert accounted(folder)["sales.csv"] ["rows_in"] == 501
    (bad,) = quarantine(folder)
    assert bad["line"] == "402" and "long" in bad["reason"] and len(bad["row"]) < 10000


def test_a_column_that_changes_type_late_is_not_lost(foresell, tmp_path):
    text = HEADER + good_rows(900_000) + row(5, units="three") + good_rows(1000)
    folder = project(tmp_path, content=text)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == 901_001
    (bad,) = quarantine(folder)
    assert bad["line"] == "900002" and "three" in bad["reason"]


def test_codes_that_turn_to_text_late_stay_codes(foresell, tmp_path):
    rows = "".join(row(k % 300, str(10000 + k % 50)) for k in range(50_000)) + row(3, "85123A")
    folder = project(tmp_path, content=HEADER + rows)
    init_and_run(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_kept"] == 50_001
    with open(folder / "runs" / "latest" / "csv" / "product_summary.csv", newline="") as file:
        assert "85123A" in {r["item"] for r in csv.DictReader(file)}


def test_dates_of_two_writings_are_not_guessed_row_by_row(foresell, tmp_path):
    text = HEADER + good_rows(500) + "25/12/2024,S1,A1,3,2.50\n"
    folder = project(tmp_path, content=text)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == 501
    (bad,) = quarantine(folder)
    assert bad["line"] == "502" and "25/12/2024" in bad["reason"]


def test_nul_bytes_stay_in_quarantine(foresell, tmp_path):
    content = (HEADER + good_rows(500)).encode() + b"2024-02-02,S1,A\x00B,3,2.50\n"
    folder = project(tmp_path, content=content)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == 501
    (bad,) = quarantine(folder)
    assert bad["line"] == "502" and "NUL" in bad["reason"]


def test_doubled_column_names_are_told_apart(foresell, tmp_path):
    lines = "".join(f"2024-{1 + k // 28 % 12:02d}-{1 + k % 28:02d},S1,A{k % 5},3,2.50,x\n" for k in range(500))
    folder = project(tmp_path, content="date,store,product,quantity,price,price\n" + lines)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == 500


@pytest.mark.parametrize("name", ['it"s', "a b", "🛒 qty", "x'; drop table sales; --", "${home}", "select", "a\\b", "_file", "_line"])
def test_column_names_of_any_kind_do_no_harm(foresell, tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    lines = "".join(f"2024-{1 + k // 28 % 12:02d}-{1 + k % 28:02d},A{k % 5},3,2.50,note {k}\n" for k in range(500))
    folder = project(tmp_path, content=f"date,product,quantity,price,{quoted}\n" + lines)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_kept"] == 500


@pytest.mark.parametrize("name", ["it's sales.csv", "a b.csv", "🛒.csv", "x'; drop table sales; --.csv", "[1].csv", "50%.csv"])
def test_file_names_of_any_kind_do_no_harm(foresell, tmp_path, name):
    folder = project(tmp_path, name, HEADER + good_rows(500))
    init_and_read(foresell, folder)
    assert accounted(folder)[name]["rows_kept"] == 500


@pytest.mark.parametrize("verb", [["init", "SHOP", "--from"], ["apply", "trend", "--order", "day", "--value", "units"]])
def test_an_address_that_nothing_reads_is_told(foresell, tmp_path, verb):
    command = [str(tmp_path / "shop") if word == "SHOP" else word for word in verb]
    refused(foresell(*command, "ftp://somewhere/sales.csv", check=False), "ftp://", "https", "postgres")


def test_a_missing_folder_is_named(foresell, tmp_path):
    refused(foresell("init", str(tmp_path / "nowhere"), "--from", str(tmp_path / "nothing"), check=False), "nothing")
    refused(foresell("run", str(tmp_path / "nowhere"), check=False), "nowhere", "init")


def as_nobody(command: list[str], folder: Path):
    """Root may read anything, so run as a user who may not."""
    return subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command],
                          capture_output=True, text=True, timeout=300, cwd="/", env={**os.environ, "TMPDIR": "/tmp"})


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_no_permission_is_said(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(100))
    (folder / "sales.csv").chmod(0o600)
    folder.chmod(0o777)
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    program = shutil.copy(foresell.binary, tmp_path / "foresell")
    probe = as_nobody([program, "version"], folder)
    if probe.returncode:
        pytest.skip("another user cannot start the program where it stands: " + probe.stderr[:200])
    refused(as_nobody([program, "init", str(folder)], folder), r"sales\.csv", "permission")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")
def test_a_full_disk_leaves_the_run_before_whole(foresell, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        folder = disk / "shop"
        folder.mkdir()
        (folder / "sales.csv").write_text(HEADER + good_rows(2000))
        init_and_run(foresell, folder)
        before = os.readlink(folder / "runs" / "latest")
        with open(disk / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 16))
            except OSError:
                pass
        refused(foresell("run", str(folder), check=False), "disk|space|full")
        assert os.readlink(folder / "runs" / "latest") == before
        assert accounted(folder)["sales.csv"]["rows_kept"] == 2000
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_a_truncated_gzip_is_refused_with_its_name(foresell, tmp_path):
    import gzip
    whole = gzip.compress((HEADER + good_rows(50_000)).encode())
    folder = project(tmp_path, "sales.csv.gz", whole[: len(whole) // 2])
    refused(foresell("init", str(folder), check=False), r"sales\.csv\.gz", "cut|trunc|short|ends|damaged|incomplete")


def test_a_file_that_shrinks_while_it_is_read_is_an_error(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(400_000))
    foresell("init", str(folder))
    whole = (folder / "sales.csv").stat().st_size
    stop = threading.Event()

    def shrink():
        while not stop.is_set():
            if list((folder / "runs").glob("*.partial")) if (folder / "runs").exists() else False:
                os.truncate(folder / "sales.csv", whole // 3)
                return
            time.sleep(0.001)

    worker = threading.Thread(target=shrink)
    worker.start()
    result = foresell("run", str(folder), check=False)
    stop.set()
    worker.join()
    if result.returncode == 0:  # it was cut before the reading began, or after it ended: still all accounted
        accounted(folder)
    else:
        refused(result, r"sales\.csv", "short|chang|shr")


def test_a_file_that_lost_a_column_since_init_is_refused(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(500))
    foresell("init", str(folder))
    (folder / "sales.csv").write_text("date,store,product,price\n2024-01-01,S1,A1,2.50\n")
    refused(foresell("run", str(folder), check=False), r"sales\.csv", "quantity", "init")


def test_cells_that_are_formulas_are_made_harmless(foresell, tmp_path):
    names = ["=1+1", "+A1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0"]
    lines = "".join(f'2024-{1 + k // 28 % 12:02d}-{1 + k % 28:02d},"{names[k % 5]}",3,2.50\n' for k in range(600))
    folder = project(tmp_path, content="date,product,quantity,price\n" + lines)
    init_and_run(foresell, folder)
    out = folder / "runs" / "latest" / "csv"
    for path in out.glob("*.csv"):
        with open(path, newline="") as file:
            for record in csv.reader(file):
                for cell in record:
                    harmless = re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?", cell)
                    assert harmless or not cell.startswith(("=", "+", "-", "@")), (path.name, cell)


def test_two_runs_at_once_are_told(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(300_000))
    foresell("init", str(folder))
    first = subprocess.Popen([foresell.binary, "run", str(folder)], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    deadline = time.time() + 60
    while not list((folder / "runs").glob("*.partial")) if (folder / "runs").exists() else True:
        assert time.time() < deadline and first.poll() is None, first.stderr.read()
        time.sleep(0.002)
    second = foresell("run", str(folder), check=False)
    assert first.wait(timeout=300) == 0
    refused(second, "another run", "process")
    assert second.returncode == 4


def test_a_killed_run_is_resumed(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(300_000))
    foresell("init", str(folder))
    for wait in (0.1, 0.3, 0.6):
        run = subprocess.Popen([foresell.binary, "run", str(folder), "--resume"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
        time.sleep(wait)
        run.kill()
        run.wait()
    foresell("run", str(folder), "--resume")
    assert accounted(folder)["sales.csv"]["rows_kept"] == 300_000
    assert not list((folder / "runs").glob("*.partial"))
    again = foresell("run", str(folder), "--resume", "--json")
    assert json.loads(again.stdout)["skipped"] == json.loads(again.stdout)["steps"] > 0


# ---- files that are no tables, or no files ----


def left_alone(foresell, folder: Path, name: str, *words: str) -> str:
    """init names the file with its reason, and uses the good one beside it once."""
    told = foresell("init", str(folder), timeout=100).stdout
    (line,) = [line for line in told.splitlines() if line.startswith(name)]
    for word in ("left alone", *words):
        assert re.search(word, line, re.IGNORECASE), (word, told)
    (used,) = [line for line in told.splitlines() if line.startswith("sales.csv") and "sales (" in line]
    assert "600 rows" in used
    return line


@pytest.fixture
def shop_beside(tmp_path) -> Path:
    return project(tmp_path, content=HEADER + good_rows(600))


def test_only_nuls_are_no_table(foresell, shop_beside):
    (shop_beside / "bad.csv").write_bytes(bytes(100_000))
    left_alone(foresell, shop_beside, "bad.csv", "no table|binary")


def test_only_line_ends_are_no_sales(foresell, shop_beside):
    (shop_beside / "bad.csv").write_bytes(b"\n" * 100_000)
    left_alone(foresell, shop_beside, "bad.csv")


def test_a_hundred_thousand_columns_are_refused_at_once(foresell, tmp_path):
    wide = ",".join(f"c{k}" for k in range(100_000)) + "\n" + ",".join("1" * 100_000) + "\n"
    folder = project(tmp_path, content=wide)
    refused(foresell("init", str(folder), check=False, timeout=60), r"sales\.csv, line 1", "100000 columns", "delimiter")


def test_twenty_thousand_columns_are_read(foresell, tmp_path):
    wide = ",".join(f"c{k}" for k in range(20_000)) + "\n" + (",".join("1" * 20_000) + "\n") * 3
    folder = project(tmp_path, content=wide)
    assert "3 rows" in foresell("init", str(folder), timeout=60).stdout


@pytest.mark.parametrize("make, word", [
    (lambda path: os.mkfifo(path), "pipe"),
    (lambda path: path.symlink_to("nowhere"), "link"),
    (lambda path: path.symlink_to("bad.csv"), "link"),
    (lambda path: path.symlink_to("sales.csv"), "before")])
def test_what_is_no_file_or_is_one_already_is_named_and_left(foresell, shop_beside, make, word):
    make(shop_beside / "bad.csv")
    left_alone(foresell, shop_beside, "bad.csv" if word != "before" else "sales.csv: left", word)


def test_a_link_to_its_own_folder_counts_nothing_twice(foresell, shop_beside):
    (shop_beside / "again").symlink_to(".")
    assert "sales.csv: 600 rows" in foresell("init", str(shop_beside)).stdout


def test_a_folder_named_csv_is_a_folder(foresell, tmp_path):
    folder = project(tmp_path, "part-0.csv", HEADER + good_rows(600))
    (folder / "sales.csv").mkdir()
    (folder / "part-0.csv").rename(folder / "sales.csv" / "part-0.csv")
    assert "600 rows" in foresell("init", str(folder)).stdout


@pytest.mark.parametrize("become, word", [
    (lambda path: path.unlink(), "no such file"),
    (lambda path: (path.unlink(), os.mkfifo(path)), "pipe"),
    (lambda path: (path.unlink(), path.mkdir()), "folder")])
def test_a_file_that_went_between_init_and_run_is_named(foresell, shop_beside, become, word):
    foresell("init", str(shop_beside))
    become(shop_beside / "sales.csv")
    refused(foresell("run", str(shop_beside), check=False, timeout=60), r"sales\.csv", word)
    assert not (shop_beside / "runs" / "latest").exists()


def test_a_workbook_that_is_text_is_told(foresell, shop_beside):
    (shop_beside / "bad.xlsx").write_text("<html>log in first</html>\nmore\n")
    left_alone(foresell, shop_beside, "bad.xlsx")
    (shop_beside / "bad.xlsx").write_text("item,price\nA,1\n")
    foresell("init", str(shop_beside), "--force")
    line = [x for x in foresell("init", str(shop_beside), "--force").stdout.splitlines() if x.startswith("bad.xlsx")][0]
    assert "not what its name says" in line


def test_a_parquet_file_cut_short_is_told(foresell, shop_beside):
    import duckdb
    path = shop_beside / "bad.parquet"
    duckdb.sql(f"copy (select range as item, 2 * range as price from range(50000)) to '{path}' (format parquet)")
    path.write_bytes(path.read_bytes()[:20_000])
    left_alone(foresell, shop_beside, "bad.parquet", "cut short|damaged")


@pytest.mark.parametrize("text", ["[" * 1_000_000, '{"a":' * 1_000_000 + "1" + "}" * 1_000_000,
                                  '[{"a":' + "[" * 3000 + "]" * 3000 + "}]"])
@pytest.mark.parametrize("pack", [False, True])
def test_json_without_bottom_is_refused(foresell, shop_beside, text, pack):
    import gzip
    name = "bad.json.gz" if pack else "bad.json"
    (shop_beside / name).write_bytes(gzip.compress(text.encode()) if pack else text.encode())
    left_alone(foresell, shop_beside, name)


def test_brackets_in_json_texts_do_not_count(foresell, shop_beside):
    rows = "".join(json.dumps({"item": f"A{k % 7}", "note": "[{" * 900 + '\\"'}) + "\n" for k in range(50))
    (shop_beside / "notes.jsonl").write_text(rows)
    assert "notes.jsonl: 50 rows" in foresell("init", str(shop_beside)).stdout


def test_a_file_that_unpacks_to_a_thousand_times_its_size_takes_little_memory(foresell, tmp_path):
    import gzip
    piece = gzip.compress(b"x" * (64 << 20))
    folder = project(tmp_path, "sales.csv.gz", gzip.compress((HEADER + good_rows(400)).encode()) + piece * 6)
    peak = tmp_path / "peak"
    foresell("init", str(folder), prefix=["/usr/bin/time", "-f", "%M", "-o", peak], timeout=200)
    assert int(peak.read_text()) < 200 << 10, "kilobytes"


# ---- lines ----


def test_a_quote_that_is_never_closed_costs_one_line(foresell, tmp_path):
    text = HEADER + good_rows(500) + '2024-02-02,S1,"' + "x" * (1 << 20) + "\n" + good_rows(500)
    folder = project(tmp_path, content=text)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_kept"] == 1000
    (bad,) = quarantine(folder)
    assert bad["line"] == "502" and "quote" in bad["reason"]


@pytest.mark.parametrize("ends", [["\r"], ["\n", "\r\n", "\r"], ["\n", "\r\n"]])
def test_lines_may_end_in_any_way(foresell, tmp_path, ends):
    lines = (HEADER + good_rows(600)).splitlines()
    folder = project(tmp_path, content="".join(line + ends[k % len(ends)] for k, line in enumerate(lines)))
    assert "sales.csv: 600 rows, sales" in foresell("init", str(folder)).stdout


# ---- cells ----


def test_days_and_numbers_that_cannot_be_go_to_quarantine(foresell, tmp_path):
    days = ["0000-00-00", "9999-12-31", "31.02.2024", "2024-02-30", "0001-01-01", "99999-01-01", "", "1899-12-31"]
    numbers = ["1e400", "inf", "-inf", '"1,2,3"', "0x10", "1e300", "99999999999999999999999", "three", "two"]
    good = 12_000
    text = (HEADER + good_rows(good) + "".join(f"{day},S1,A1,3,2.50\n" for day in days)
            + "".join(f"2024-03-03,S1,A1,{number},2.50\n" for number in numbers)
            + "2024-03-04,S1,A1,-0,2.50\n2024-03-04,S1,A1,NaN,2.50\n2024-03-04,S1,A1,NULL,2.50\n2024-03-04,S1,A1,1,1e14\n")
    folder = project(tmp_path, content=text)
    init_and_read(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_in"] == good + len(days) + len(numbers) + 4
    bad = {q["row"]: q["reason"] for q in quarantine(folder)}
    for day in days:
        assert f"{day},S1,A1,3,2.50" in bad, day
    for number in numbers:
        assert f"2024-03-03,S1,A1,{number},2.50" in bad, number
    assert "1900" in bad["9999-12-31,S1,A1,3,2.50"]
    for path in (folder / "runs/latest/csv").glob("*.csv"):
        if path.name != "quarantine.csv":
            assert not re.search(r"(^|,)[-+]?(nan|inf(inity)?)(,|$)", path.read_text(), re.IGNORECASE | re.MULTILINE), path.name


def test_values_that_look_like_commands_are_values(foresell, tmp_path):
    names = ["; drop table sales", "${forecast.horizon}", "'; drop table sales; --", "$1", "?", "\\", "%s%n", 'a\'b"c']
    rows = "".join('2024-{:02d}-{:02d},"{}","{}",3,2.50\n'.format(1 + k // 28 % 12, 1 + k % 28, names[k // 3 % 8].replace('"', '""'),
                                                             names[k % 8].replace('"', '""')) for k in range(1200))
    folder = project(tmp_path, content=HEADER + rows)
    init_and_run(foresell, folder)
    assert accounted(folder)["sales.csv"]["rows_kept"] == 1200
    with open(folder / "runs" / "latest" / "csv" / "product_summary.csv", newline="") as file:
        assert {r["item"] for r in csv.DictReader(file)} == set(names)


# ---- foresell.yaml ----


@pytest.mark.parametrize("text, words", [
    ("a: &a [x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [*{b},*{b},*{b},*{b},*{b},*{b},*{b},*{b}]\n"
                                         for b, c in zip("abcdefgh", "bcdefghi")) + "name: *i\n", ["line"]),
    ("name: shop\nforcast: {horizon: 7}\n", ["line 2", "forecast"]),
    ("name: shop\nname: other\n", ["line"]),
    ("name:\tshop\n\tcurrency: GBP\n", ["line"]),
    ("- a\n- b\n", ["line 1"]),
    ("name: shop\nforecast: {horizon: many}\n", ["line 2", "horizon"]),
    ("name: \"sh", ["line"]),
    (b"name: caf\xe9\n", ["line 1", "UTF-8"]),
    (b"name: x\n%period: \xc6day\n", ["line 2", "UTF-8"]),
    (b"name: x\n\0\n", ["line 2"]),
])
def test_a_project_file_that_is_wrong_is_told_with_its_line(foresell, shop_beside, text, words):
    (shop_beside / "foresell.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    refused(foresell("plan", str(shop_beside), check=False, timeout=20), r"foresell\.yaml", *words)


def test_a_project_may_have_any_name(foresell, shop_beside):
    foresell("init", str(shop_beside), "--set", 'name=a\nb: "c"\n- d')
    assert foresell("plan", str(shop_beside), check=False).returncode == 0


# ---- the machine ----


def test_neither_language_nor_zone_nor_threads_nor_home_change_a_byte(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(3000))
    foresell("init", str(folder))

    def tables(*options, **env):
        plain = {k: v for k, v in os.environ.items() if k not in ("HOME", "TZ", "LANG", "LC_ALL")}
        subprocess.run([foresell.binary, "run", str(folder), *options], check=True, capture_output=True, env={**plain, **env})
        latest = folder / "runs" / "latest"
        return {p.name: p.read_bytes() for f in ("tables", "csv") for p in (latest / f).iterdir()}

    one = tables("--threads", "1", HOME=str(tmp_path))
    other = tables("--threads", "5", "--memory", "512MiB", TZ="Asia/Kathmandu", LANG="de_DE.UTF-8", LC_ALL="de_DE.UTF-8")
    assert [name for name in one if one[name] != other.get(name)] == []


def test_too_little_memory_and_too_few_files_are_told_with_the_remedy(foresell, tmp_path):
    folder = project(tmp_path, content=HEADER + good_rows(150_000))
    foresell("init", str(folder))
    small = foresell("run", str(folder), "--memory", "16MiB", check=False)
    assert small.returncode == 4
    assert "pending query" not in refused(small, "memory", "--memory") and "SET" not in small.stderr
    few = foresell("run", str(folder), check=False, prefix=["bash", "-c", 'ulimit -n 16; exec "$@"', "x"])
    assert few.returncode == 4
    refused(few, "open files", "ulimit -n")
    assert not (folder / "runs" / "latest").exists()
