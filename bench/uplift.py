"""Quality of `foresell apply fit_uplift` on a public experiment: Hillstrom's women's e-mail against none, whether a customer came.

Five times half of the rows, drawn by digest of row and seed, are learnt from, and the others are scored and judged by
`uplift_curve`: the Qini coefficient, and the uplift of the three tenths that score highest. The figures are means of the five.
"""
from __future__ import annotations

import duckdb

from common import DATA, FORESELL, WORK, Cost, measure

MODELS = ("auto", "s", "t", "x", "transform", "tree")
MEASURES = ("qini", "uplift_30")  # the greater the better
SEEDS = range(5)
FEATURES = "recency, history_segment, history, mens, womens, zip_code, newbie, channel"
TERMS = "arm, kind, feature, level, knot, coefficient, tree, node, below, above, bound, centre, level_error, slope_error"


def halves(db: duckdb.DuckDBPyConnection, seed: int) -> None:
    db.execute(f"""create or replace table rows as
        select *, row_number() over (order by md5(row || '-{seed}')) % 2 as half from experiment order by row""")


def judge(db: duckdb.DuckDBPyConnection, model: str) -> tuple[Cost, float, float, list[str]]:
    """What the halves of the table `rows` give."""
    train, fitted, both, scores, judged, curve = (WORK / f"uplift-{name}.parquet" for name in ("train", "model", "both", "scores", "judged", "curve"))
    db.execute(f"copy (select row, segment, visit, {FEATURES} from rows where half = 0 order by row) to '{train}' (format parquet)")
    options = ["apply", "fit_uplift", train, "--order", "row", "--outcome", "visit", "--treatment", "segment", "--model", model]
    cost = measure(FORESELL, *options, "-o", fitted)
    db.execute(f"""copy (select row_number() over () - 1000000 as row, {TERMS} from '{fitted}' union all by name
                         select row, {FEATURES} from rows where half = 1) to '{both}' (format parquet)""")
    cost += measure(FORESELL, "apply", "uplift", both, "--order", "row", "-o", scores)
    db.execute(f"""copy (select row, uplift as score, visit as outcome, segment as treatment from '{scores}' join rows using (row) order by row)
                   to '{judged}' (format parquet)""")
    measure(FORESELL, "apply", "uplift_curve", judged, "--order", "row", "-o", curve)
    qini, uplift = db.execute(f"select qini, uplift from '{curve}' where round(share, 6) = 0.3").fetchone()
    return cost, qini, uplift, [str(word) for word in options if word is not train]


def hillstrom(model: str) -> dict[str, str]:
    """A row of quality.csv."""
    db, cpu, qini, uplift, said = duckdb.connect(config={"threads": 1}), 0.0, 0.0, 0.0, []
    db.execute(f"""create table experiment as select * from (select row_number() over () as row, * from read_csv('{DATA}/hillstrom/hillstrom.csv.gz'))
                   where segment in ('Womens E-Mail', 'No E-Mail')""")
    rows, = db.execute("select count(*) from experiment").fetchone()
    for seed in SEEDS:
        halves(db, seed)
        cost, own_qini, own_uplift, said = judge(db, model)
        cpu, qini, uplift = cpu + cost.cpu, qini + own_qini / len(SEEDS), uplift + own_uplift / len(SEEDS)
    return {"data": "hillstrom", "model": model, "series": str(rows), "qini": f"{qini:.4f}", "uplift_30": f"{uplift:.4f}",
            "cpu_s": f"{cpu:.1f}", "command": " ".join(["foresell", *said])}
