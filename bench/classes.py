"""Accuracy of `foresell apply fit_classifier` and `classify` beside LightGBM's; see README.md. Wants numpy, pandas, scikit-learn and, for
the row of its name, lightgbm 4.7.0.

Each row of a data set is foretold by a fit to the four fifths of the rows that it is not in (five stratified folds, shuffled by the seeds 42 to
46). AUC, log-loss and Brier score are means over folds; the expected calibration error is that of all these probabilities together, in ten even bins.
LightGBM has the same depth, shrinkage, shares of rows and columns and penalty on leaves, and ends its boosting by the same cross-validation.
"""
from __future__ import annotations

import csv
import sys
import time

import duckdb
import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from common import DATA, FORESELL, ROOT, WORK, measure

FILE = ROOT / "bench" / "classes.csv"
SEEDS = range(42, 47)
MODELS = ("logistic", "trees", "auto", "lightgbm")
FIELDS = ("data", "model", "rows", "auc", "log_loss", "brier", "ece", "cpu_s_a_fit", "command")
TERMS = ("class", "kind", "feature", "level", "knot", "coefficient")
LIGHTGBM = {"objective": "binary", "learning_rate": 0.025, "max_depth": 3, "num_leaves": 8, "bagging_fraction": 0.5, "bagging_freq": 1,
            "feature_fraction": 0.5, "lambda_l2": 1, "min_sum_hessian_in_leaf": 5, "min_data_in_leaf": 1, "num_threads": 1, "verbose": -1, "seed": 1}


# ---- the data sets: features, and whether the row is of the class ----

def telco_churn() -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.read_csv(DATA / "telco_churn" / "Telco-Customer-Churn.csv")
    rows["TotalCharges"] = pd.to_numeric(rows["TotalCharges"], errors="coerce")  # blank where the first bill is to come
    return rows.drop(columns=["customerID", "Churn"]), (rows["Churn"] == "Yes").to_numpy().astype(int)


def hillstrom() -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.read_csv(DATA / "hillstrom" / "hillstrom.csv.gz")
    return rows.drop(columns=["visit", "conversion", "spend"]), rows["visit"].to_numpy()


def made_up() -> tuple[pd.DataFrame, np.ndarray]:
    """Bends, steps, products of two features, levels and nulls."""
    random, count = np.random.default_rng(1), 6000
    x, levels = random.normal(size=(count, 12)), random.integers(0, 8, size=(count, 3))
    of_level = random.normal(size=(3, 8)) / 2
    score = 0.7 * x[:, 0] + 0.8 * np.maximum(x[:, 1], 0) - 0.5 * (x[:, 2] > 0.5) + 0.6 * np.sin(2 * x[:, 3]) + 0.7 * x[:, 4] * (x[:, 5] > 0)
    score += (x[:, 6] > 0) * (levels[:, 0] < 3) + sum(of_level[i][levels[:, i]] for i in range(3)) - 1.2
    of_class = (random.random(count) < 1 / (1 + np.exp(-score))).astype(int)
    rows = pd.DataFrame(x, columns=[f"x{i}" for i in range(12)])
    for i in range(3):
        rows[f"c{i}"] = [f"l{level}" for level in levels[:, i]]
    rows.loc[random.random(count) < 0.1, "x0"] = np.nan
    return rows, of_class


DATA_SETS = {"telco_churn": telco_churn, "hillstrom": hillstrom, "made_up": made_up}


# ---- probabilities ----

def folds(rows: pd.DataFrame, of_class: np.ndarray) -> list[np.ndarray]:
    """For each seed the fold in which each row is left out."""
    out = []
    for seed in SEEDS:
        left_out = np.zeros(len(rows), int)
        for fold, (_, test) in enumerate(StratifiedKFold(5, shuffle=True, random_state=seed).split(rows, of_class)):
            left_out[test] = fold
        out.append(left_out)
    return out


def by_foresell(rows: pd.DataFrame, of_class: np.ndarray, left_out: list[np.ndarray], model: str) -> tuple[np.ndarray, float, str]:
    """Each fold is a group, whose left out rows have no label."""
    db, cpu, chances = duckdb.connect(config={"threads": 2}), 0.0, np.zeros((len(left_out), len(rows)))
    table = rows.assign(row=range(len(rows)), known=np.where(of_class == 1, "yes", "no"))
    features = ", ".join(f'"{name}"' for name in rows)
    learnt, made, both, told = (WORK / f"classes-{name}.parquet" for name in ("learnt", "model", "both", "told"))
    fit = ["apply", "fit_classifier", learnt, "--group", "fold", "--order", "row", "--label", "label", "--model", model]
    for seed, folds_of in enumerate(left_out):
        db.register("given", table.assign(left_out=folds_of))
        db.execute(f"copy (select fold, row, case when fold <> left_out then known end as label, {features} from given, range(5) f(fold) order by fold, row) to '{learnt}'")
        cpu += measure(FORESELL, *fit, "-o", made).cpu
        nulls, terms = ", ".join(f'null as "{name}"' for name in rows), ", ".join(TERMS)
        db.execute(f"""copy (select fold, -row_number() over () as row, {terms}, {nulls} from '{made}' union all
            select left_out, row, {', '.join('null' for _ in TERMS)}, {features} from given order by fold, row) to '{both}'""")
        cpu += measure(FORESELL, "apply", "classify", both, "--group", "fold", "--order", "row", "-o", told).cpu
        chances[seed] = db.execute(f"select probability from '{told}' where class = 'yes' order by row").fetchnumpy()["probability"]
    return chances, cpu / 5 / len(left_out), " ".join(["foresell", *(str(word) for word in fit if word is not learnt)])


def by_lightgbm(rows: pd.DataFrame, of_class: np.ndarray, left_out: list[np.ndarray]) -> tuple[np.ndarray, float, str]:
    import lightgbm as lgb

    rows, chances, began = rows.copy(), np.zeros((len(left_out), len(rows))), time.process_time()
    for name in rows.select_dtypes(exclude="number"):
        rows[name] = rows[name].astype("category")
    for seed, folds_of in enumerate(left_out):
        for fold in range(5):
            known = folds_of != fold
            stop = [lgb.early_stopping(100, verbose=False)]
            found = lgb.cv(LIGHTGBM, lgb.Dataset(rows[known], of_class[known]), 2000, nfold=5, stratified=False, shuffle=False, callbacks=stop)
            rounds = len(found["valid binary_logloss-mean"])
            fitted = lgb.train(LIGHTGBM, lgb.Dataset(rows[known], of_class[known]), rounds)
            chances[seed, ~known] = fitted.predict(rows[~known])
    return chances, (time.process_time() - began) / 5 / len(left_out), f"lightgbm {lgb.__version__}"


# ---- measures ----

def calibration_error(of_class: np.ndarray, chances: np.ndarray) -> float:
    place = np.minimum((10 * chances).astype(int), 9)
    return sum(abs(of_class[place == i].mean() - chances[place == i].mean()) * (place == i).mean() for i in range(10) if (place == i).any())


def row_of(name: str, model: str) -> dict[str, object]:
    rows, of_class = DATA_SETS[name]()
    left_out = folds(rows, of_class)
    chances, cpu, command = by_lightgbm(rows, of_class, left_out) if model == "lightgbm" else by_foresell(rows, of_class, left_out, model)
    parts = [(of_class[folds_of == fold], chances[seed][folds_of == fold]) for seed, folds_of in enumerate(left_out) for fold in range(5)]
    mean = {label: float(np.mean([of(*part) for part in parts])) for label, of in (("auc", roc_auc_score), ("log_loss", log_loss), ("brier", brier_score_loss))}
    mean["ece"] = calibration_error(np.tile(of_class, len(left_out)), chances.ravel())
    return {"data": name, "model": model, "rows": len(rows), **{label: f"{value:.4f}" for label, value in mean.items()}, "cpu_s_a_fit": f"{cpu:.2f}", "command": command}


def main() -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    asked = sys.argv[1:]
    names, models = [w for w in asked if w in DATA_SETS] or list(DATA_SETS), [w for w in asked if w in MODELS] or list(MODELS)
    known: dict[tuple[str, str], dict] = {}
    if FILE.exists():
        with open(FILE, newline="") as file:
            known = {(row["data"], row["model"]): row for row in csv.DictReader(file)}
    for name in names:
        if name != "made_up" and not (DATA / name).exists():
            print(f"{name}: skipped, {DATA / name} is not there (FORESELL_DATA names the folder)")
            continue
        for model in models:
            known[name, model] = row_of(name, model)
            print(*known[name, model].values(), flush=True)
    with open(FILE, "w", newline="") as file:
        out = csv.DictWriter(file, FIELDS, lineterminator="\n")
        out.writeheader()
        out.writerows(known[key] for key in ((name, model) for name in DATA_SETS for model in MODELS) if key in known)


if __name__ == "__main__":
    main()
