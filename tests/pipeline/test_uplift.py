"""Whom a campaign changes: from a file of an experiment to the uplift of new rows and what targeting by it is worth."""
import csv
import math
import random
import shutil
from pathlib import Path

import duckdb
import pytest

TERMS = "arm, kind, feature, level, knot, coefficient, tree, node, below, above, bound, centre, level_error, slope_error"


def rows_of(file: Path, what: str = "*", rest: str = "") -> list[dict]:
    found = duckdb.sql(f"select {what} from '{file}' {rest}")
    return [dict(zip(found.columns, row)) for row in found.fetchall()]


def fit(foresell, folder: Path, file: Path, *options: object) -> Path:
    model = folder / "model.parquet"
    foresell("apply", "fit_uplift", file, "--order", "row", "--outcome", "came", *options, "-o", model)
    return model


def score(foresell, folder: Path, model: Path, rows: str) -> Path:
    """rows: a SELECT of row and the features."""
    both, scores = folder / "both.parquet", folder / "scores.parquet"
    duckdb.sql(f"copy (select row_number() over () - 1000000 as row, {TERMS} from '{model}' union all by name {rows}) to '{both}'")
    foresell("apply", "uplift", both, "--order", "row", "-o", scores)
    return scores


def campaign(file: Path, count: int, chance=lambda arm, size, kind: 0.2 + 0.3 * (arm == "letter" and kind == "new"), arms=("none", "letter"), seed=1) -> Path:
    draw = random.Random(seed)
    lines = ["row,segment,came,size,custom"]
    for row in range(count):
        arm, size, kind = draw.choice(arms), round(draw.gauss(10, 3), 2), draw.choice(["new", "old", "lost"])
        lines.append(f"{row},{arm},{int(draw.random() < chance(arm, size, kind))},{size},{kind}")
    file.write_text("\n".join(lines) + "\n")
    return file


def test_those_whom_the_campaign_changes_are_found_and_are_worth_targeting(foresell, tmp_path):
    file, other = campaign(tmp_path / "a.csv", 4000), campaign(tmp_path / "b.csv", 4000, seed=2)
    model = fit(foresell, tmp_path, file, "--treatment", "segment")
    said = rows_of(model)[0]
    assert said["arm"] == "letter" and said["control"] == "none" and said["qini"] > 0.1 and said["note"] is None and said["treatment_p"] > 0.01
    scores = score(foresell, tmp_path, model, f"select row, size, custom from '{other}'")
    means = {row["custom"]: row for row in rows_of(scores, "custom, avg(uplift) as uplift, avg(low) as low, avg(high) as high", f"join '{other}' using (row) group by custom")}
    assert means["new"]["uplift"] == pytest.approx(0.3, abs=0.07) and means["new"]["low"] > 0.15
    assert means["old"]["uplift"] == pytest.approx(0, abs=0.07) and means["lost"]["uplift"] == pytest.approx(0, abs=0.07)
    assert all(row["low"] < row["uplift"] < row["high"] for row in means.values())
    judged = tmp_path / "judged.csv"
    duckdb.sql(f"copy (select row, uplift, came, segment from '{scores}' join '{other}' using (row) order by row) to '{judged}'")
    curve = tmp_path / "curve.csv"
    foresell("apply", "uplift_curve", judged, "--order", "row", "--score", "uplift", "--outcome", "came", "--treatment", "segment", "-o", curve)
    points = {round(row["share"], 1): row for row in rows_of(curve)}
    assert len(points) == 10 and points[0.3]["uplift"] > 0.2 and points[0.3]["gained"] > 2 * points[0.3]["random"] and points[1]["qini"] > 0.15
    assert points[1]["gained"] == pytest.approx(points[1]["random"])


def test_each_of_three_arms_is_compared_with_the_control(foresell, tmp_path):
    file = campaign(tmp_path / "a.csv", 6000, lambda arm, size, kind: {"none": 0.2, "letter": 0.3, "call": 0.5}[arm], ("none", "letter", "call"))
    model = fit(foresell, tmp_path, file, "--treatment", "segment")
    scores = score(foresell, tmp_path, model, f"select row, size, custom from '{file}' where row < 100")
    means = dict(duckdb.sql(f"select arm, avg(uplift) from '{scores}' group by arm").fetchall())
    assert means == {"letter": pytest.approx(0.1, abs=0.05), "call": pytest.approx(0.3, abs=0.05)}


def test_a_campaign_that_chose_its_customers_gets_a_warning(foresell, tmp_path):
    file = tmp_path / "a.csv"
    draw = random.Random(3)
    lines = ["row,reached,came,size"]
    for row in range(3000):
        size = draw.gauss(0, 1)
        lines.append(f"{row},{str(draw.random() < 1 / (1 + math.exp(-size))).lower()},{int(draw.random() < 0.3 + 0.1 * (size > 0))},{size:.3f}")
    file.write_text("\n".join(lines) + "\n")
    said = rows_of(fit(foresell, tmp_path, file, "--treated", "reached"))[0]
    assert said["treatment_auc"] > 0.6 and said["treatment_p"] < 0.01
    assert said["note"].startswith("treatment was not random") and "weighted by the inverse" in said["note"]
    said = rows_of(fit(foresell, tmp_path, file, "--treated", "reached", "--weigh", "false"))[0]
    assert "not weighted" in said["note"]


def test_a_feature_that_is_the_treatment_is_called_what_it_is(foresell, tmp_path):
    file = campaign(tmp_path / "a.csv", 1000)
    copy = tmp_path / "copy.csv"
    duckdb.sql(f"copy (select *, segment as sent from '{file}') to '{copy}'")
    said = rows_of(fit(foresell, tmp_path, copy, "--treatment", "segment"))[0]
    assert said["treatment_auc"] > 0.99 and "do not trust the uplift" in said["note"]


NASTY = {
    "one arm": "1,none,1,2,a\n2,none,0,3,b\n",
    "one row": "1,none,1,2,a\n",
    "two rows": "1,none,1,2,a\n2,letter,0,3,b\n",
    "no outcome": "".join(f"{i},{'none' if i % 2 else 'letter'},0,{i % 7},{i % 3}\n" for i in range(300)),
    "all outcome": "".join(f"{i},{'none' if i % 2 else 'letter'},1,{i % 7},{i % 3}\n" for i in range(300)),
    "constant columns": "".join(f"{i},{'none' if i % 2 else 'letter'},{i % 3 % 2},1,x\n" for i in range(300)),
    "nulls": "".join(f"{i},{['none', 'letter', ''][i % 3]},{['1', '0', ''][i % 5 % 3]},{i if i % 7 == 0 else ''},{'x' if i % 4 == 0 else ''}\n" for i in range(300)),
    "numbers beyond all bounds": "".join(f"{i},{'none' if i % 2 else 'letter'},{i % 5 % 2}e300,{'-' if i % 3 else ''}1e300,{i % 3}\n" for i in range(300)),
}


@pytest.mark.parametrize("case", NASTY)
def test_odd_data_give_numbers_or_nothing(foresell, tmp_path, case):
    file = tmp_path / "odd.csv"
    file.write_text("row,segment,came,size,custom\n" + NASTY[case])
    model = fit(foresell, tmp_path, file, "--treatment", "segment")
    terms = rows_of(model)
    assert bool(terms) == (case not in ("one arm", "one row"))
    values = [value for row in terms for value in row.values() if isinstance(value, float)]
    if terms:
        scores = rows_of(score(foresell, tmp_path, model, f"select row, size, custom from '{file}'"))
        assert len(scores) == NASTY[case].count("\n")
        values += [row["uplift"] for row in scores]
        for row in scores:
            assert row["low"] is None or row["low"] <= row["uplift"] <= row["high"]
    assert all(map(math.isfinite, values))


def test_without_a_control_it_says_what_to_do(foresell, tmp_path):
    file = campaign(tmp_path / "a.csv", 100, arms=("letter", "call"))
    result = foresell("apply", "fit_uplift", file, "--order", "row", "--outcome", "came", "--treatment", "segment", check=False)
    assert result.returncode != 0 and "none of 2 treatments is called like a control" in result.stderr and "control = " in result.stderr
    assert rows_of(fit(foresell, tmp_path, file, "--treatment", "segment", "--control", "call"))[0]["arm"] == "letter"


def test_the_model_does_not_depend_on_threads(foresell, tmp_path):
    file = campaign(tmp_path / "a.csv", 2000)
    fits = []
    for threads in (1, 2):
        model = fit(foresell, tmp_path, file, "--treatment", "segment", "--threads", threads)
        fits.append(rows_of(model))
    assert fits[0] == fits[1]


def test_a_public_experiment_is_told_from_its_other_half(foresell, data, tmp_path):
    """Hillstrom's e-mail to women, one half: the rest is in bench/uplift.py."""
    source = data / "hillstrom" / "hillstrom.csv.gz"
    if not source.exists():
        pytest.skip(f"there is no {source} (FORESELL_DATA names the folder)")
    features = "recency, history_segment, history, mens, womens, zip_code, newbie, channel"
    for half in (0, 1):
        duckdb.sql(f"""copy (select row, segment, visit as came, {features} from (select row_number() over () as row, * from read_csv('{source}'))
                       where segment in ('Womens E-Mail', 'No E-Mail') and (row // 7) % 2 = {half} order by row) to '{tmp_path}/half-{half}.parquet'""")
    model = fit(foresell, tmp_path, tmp_path / "half-0.parquet", "--treatment", "segment")
    said = rows_of(model)[0]
    assert said["control"] == "No E-Mail" and said["note"] is None and said["qini"] > 0.03
    scores = score(foresell, tmp_path, model, f"select * exclude (segment, came) from '{tmp_path}/half-1.parquet'")
    judged, curve = tmp_path / "judged.parquet", tmp_path / "curve.parquet"
    duckdb.sql(f"copy (select row, uplift as score, came as outcome, segment as treatment from '{scores}' join '{tmp_path}/half-1.parquet' using (row) order by row) to '{judged}'")
    foresell("apply", "uplift_curve", judged, "--order", "row", "-o", curve)
    point, = rows_of(curve, "qini, uplift", "where round(share, 6) = 0.3")
    assert point["qini"] > 0.04 and point["uplift"] > 0.055  # a half's own luck is some 0.01


# ---- the campaigns of a run ----


def with_campaign(foresell, shop: Path, folder: Path, treated) -> Path:
    """The simulated shop with a campaign of its own; it changes members only: half of them respond, of all others a fifth."""
    draw, files = random.Random(5), folder / "files"
    shutil.copytree(shop, files)
    with open(files / "customers.csv") as file:
        customers = list(csv.DictReader(file))
    with open(files / "campaign_contacts.csv", "w") as file:
        file.write("campaign_id,customer_id,sent_date,treated,redeemed\n")
        for customer in customers:
            member = customer["loyalty_tier"] != "none"
            reached = treated(draw, member)
            file.write(f"C1,{customer['customer_id']},2024-01-15,{'yes' if reached else 'no'},{'yes' if draw.random() < (0.8 if reached and member else 0.2) else 'no'}\n")
    foresell("init", folder / "p", "--from", files)
    foresell("run", folder / "p", "--only", "campaign_uplift")
    return folder / "p" / "runs" / "latest" / "tables"


def test_a_run_tells_whom_its_campaigns_change(foresell, shop, tmp_path):
    tables = with_campaign(foresell, shop, tmp_path, lambda draw, member: draw.random() < 0.5)
    told = {row["member"]: row for row in rows_of(
        tables / "campaign_uplift.parquet", "loyalty <> 'none' as member, count(*) as customers, avg(uplift) as uplift, bool_and(random) as random, max(note) as note",
        f"join '{tables}/customers.parquet' using (customer) group by 1")}
    assert told[True]["uplift"] > told[False]["uplift"] + 0.15 and told[True]["uplift"] > 0.35 and told[True]["random"] and told[True]["note"] is None
    assert rows_of(tables / "campaign_customers.parquet", "count(*) as n")[0]["n"] == sum(row["customers"] for row in told.values())
    before = rows_of(tables / "campaign_customers.parquet", "min(days_since_visit) as least, max(days_since_first - days_since_visit) as most")[0]
    assert before["least"] >= 1 and before["most"] > 0  # nothing of the day itself or after


def test_a_run_warns_where_a_campaign_chose_whom_it_reached(foresell, shop, tmp_path):
    tables = with_campaign(foresell, shop, tmp_path, lambda draw, member: draw.random() < (0.8 if member else 0.2))
    told = rows_of(tables / "campaign_uplift.parquet", "bool_or(random) as random, max(note) as note")[0]
    assert told["random"] is False and told["note"].startswith("treatment was not random")


def test_without_a_campaign_that_can_be_compared_there_is_no_row(foresell, tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "till.csv").write_text("date,item,units,revenue\n2024-01-01,a,1,2\n2024-01-02,a,1,2\n")
    foresell("init", tmp_path / "p", "--from", tmp_path / "files")
    foresell("run", tmp_path / "p", "--only", "campaign_uplift")
    for table in ("campaign_customers", "campaign_models", "campaign_scores", "campaign_uplift"):
        assert rows_of(tmp_path / "p" / "runs" / "latest" / "tables" / f"{table}.parquet") == []
