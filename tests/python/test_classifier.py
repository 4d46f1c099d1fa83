"""What MLlib fits, `method = mllib` of fit_classifier: the table that the kernel gives, for the same probabilities."""

import math
import random
from pathlib import Path

import foresell
import pyarrow as pa
import pytest
from spark_runs import copied

pytestmark = pytest.mark.spark
HOSTILE = ["a.b", "k`\"k", "it's ; drop", "on"]
TYPES = "g string, n bigint, label string, c3 double, c4 string, c5 boolean, c6 double"


@pytest.fixture(scope="module")
def apply(spark):
    pytest.importorskip("numpy", reason="MLlib needs NumPy")
    import foresell.spark

    return foresell.spark.apply


def made_up(spark, rows, seed=4):
    """Two groups, one without a name, whose classes hang on a number, where it bends, on a text and on a flag."""
    draw = random.Random(seed)
    out = []
    for group in ("one", None):
        for n in range(rows):
            size, kind, on = draw.gauss(0, 1), draw.choice(["red", "it's `b.l\"ue", ""]), draw.choice([True, False, None])
            scores = {"A": size, "b c": 1.5 * abs(size) - (kind == "red"), "é": 0.3 + (on is True)}
            label = max(scores, key=lambda name: scores[name] - math.log(-math.log(draw.random())))
            out.append((group, n, label if n % 11 else None, size if n % 13 else None, kind if n % 7 else None, on, float("nan")))
    draw.shuffle(out)
    return spark.createDataFrame(out, TYPES).toDF("g", "n", "label", *HOSTILE)


def models(df, apply, **params):
    """By the kernel, in the order in which MLlib's come; and by MLlib."""
    own = apply(df, "fit_classifier", ["g"], "n", label="label", model="logistic", **params).orderBy("g").collect()
    return own, apply(df, "fit_classifier", ["g"], "n", label="label", method="mllib", **params)


def assert_alike(rows, own):
    assert [(*row[:-6], *row[-5:-2]) for row in rows] == [(*row[:-6], *row[-5:-2]) for row in own]
    assert [row["mean"] for row in rows] == pytest.approx([row["mean"] for row in own], rel=1e-6, abs=1e-9)
    assert [row["coefficient"] for row in rows] == pytest.approx([row["coefficient"] for row in own], rel=1e-3, abs=1e-3)


def scores(model, df, apply) -> dict:
    """Probabilities of each row, by the operator classify."""
    features = [f"`{name.replace('`', '``')}`" for name in HOSTILE]
    terms = model.selectExpr("g", "-row_number() over (partition by g order by class, kind, feature, level, knot) as n", "class", "kind",
                             "feature", "level", "knot", "coefficient",
                             *(f"cast(null as {kind}) as {name}" for name, kind in zip(features, ("double", "string", "boolean", "double"))))
    rows = df.selectExpr("g", "n", *(f"cast(null as {kind}) as {name}" for name, kind in (
        ("class", "string"), ("kind", "string"), ("feature", "string"), ("level", "string"), ("knot", "double"), ("coefficient", "double"))), *features)
    told = apply(terms.unionByName(rows), "classify", ["g"], "n", **{name: name for name in ("class", "kind", "feature", "level", "knot", "coefficient")})
    out: dict = {}
    for row in told.collect():
        out.setdefault((row["g"], row["row"]), {})[row["class"]] = row["probability"]
    return out


def test_the_table_and_its_probabilities_are_those_of_the_kernel(spark, apply):
    df = made_up(spark, 900).cache()
    own, fitted = models(df, apply, knots=2, folds=3)
    rows = fitted.collect()
    assert [tuple(row[:5]) for row in rows] == [tuple(row[:5]) for row in own] and len(rows) == 60
    assert fitted.schema == apply(df, "fit_classifier", ["g"], "n", label="label").schema
    assert {row["kind"] for row in rows} == {"intercept", "linear", "hinge", "level", "missing"}
    for row, like in zip(rows, own):
        assert (row["fitted"], row["penalty"], row["temperature"]) == (like["fitted"], like["penalty"], like["temperature"])
        assert row["coefficient"] == pytest.approx(like["coefficient"], abs=0.01)
    as_own = scores(spark.createDataFrame(own, fitted.schema), df, apply)
    as_fitted = scores(fitted, df, apply)
    labels = {(row["g"], row["n"]): row["label"] for row in df.where("label is not null").collect()}
    loss = [-sum(math.log(told[key][label]) for key, label in labels.items()) / len(labels) for told in (as_own, as_fitted)]
    assert len(labels) > 1600 and loss[0] < 0.95 and loss[1] == pytest.approx(loss[0], rel=0.01)
    assert all(sum(one.values()) == pytest.approx(1) for one in as_fitted.values())
    assert sum(max(as_own[key], key=as_own[key].get) == max(one, key=one.get) for key, one in as_fitted.items()) > 0.99 * len(as_own)


def test_of_many_rows_a_sample_chooses_the_penalty_and_all_are_fitted(spark, apply):
    df = made_up(spark, 4000, seed=5).where("g is not null").cache()
    own, fitted = models(df, apply, knots=0, folds=3)
    for row, like in zip(fitted.collect(), own):
        assert row["fitted"] == like["fitted"] == 3636
        assert row["temperature"] == pytest.approx(like["temperature"], rel=0.15)
        if row["penalty"] == like["penalty"]:
            assert row["coefficient"] / row["temperature"] == pytest.approx(like["coefficient"] / like["temperature"], abs=1e-3)
    assert {row["penalty"] for row in own} == {row["penalty"] for row in fitted.collect()}


def test_groups_of_little_give_what_the_kernel_gives(spark, apply):
    """One class only; one row; no feature that differs; no class at all."""
    rows = [("one", n, "a", float(n), "x", n % 2 == 0, None) for n in range(30)]
    rows += [("row", 1, "b", 2.0, "x", True, None), ("same", 1, "a", 2.0, "x", True, None), ("same", 2, "b", 2.0, "x", True, None)]
    rows += [("none", n, None, float(n), "x", True, None) for n in range(5)]
    df = spark.createDataFrame(rows, TYPES).toDF("g", "n", "label", *HOSTILE)
    own, fitted = models(df, apply, knots=0)
    found = fitted.collect()
    assert_alike(found, own)
    assert {row["g"] for row in found} == {"one", "row", "same"}
    assert apply(df.where("g = 'none'"), "fit_classifier", ["g"], "n", label="label", method="mllib").count() == 0


def test_dates_and_whole_numbers_are_features_and_other_things_are_refused(spark, apply):
    sql = "select id as n, case when id % 3 = 0 then 'a' else 'b' end as label, date_add(date '2024-02-29', cast(id as int)) as day, timestamp_micros(id * id) as time, cast(id % 5 as int) as five"
    df = spark.sql(f"{sql} from range(200)")
    own, fitted = (apply(df, "fit_classifier", order="n", label="label", model="logistic", knots=0, penalty=0.1, **more).collect() for more in ({}, {"method": "mllib"}))
    assert_alike(fitted, own)
    assert {row["feature"] for row in fitted} == {None, "day", "time", "five"}
    odd = df.selectExpr("n", "label", "array(n) as list")
    with pytest.raises(foresell.Error, match="list"):
        apply(odd, "fit_classifier", order="n", label="label", method="mllib")


def test_more_classes_than_there_may_be_are_refused(spark, apply):
    df = spark.sql("select id as n, cast(id as string) as label, cast(id as double) as x from range(40)")
    with pytest.raises(foresell.DataError, match="more than 32 classes"):
        apply(df, "fit_classifier", order="n", label="label", method="mllib")


def test_without_spark_it_is_refused_at_once(tmp_path, project):
    rows = pa.table({"row": [1, 2, 3], "label": ["a", "b", "a"], "x": [1.0, 2.0, 3.0]})
    with pytest.raises(foresell.UsageError, match="only Spark can do method = mllib") as fault:
        foresell.fit_classifier(rows, order="row", label="label", method="mllib")
    assert "--engine spark" in fault.value.remedy
    copy = copied(project, tmp_path / "project")
    choose_mllib(copy)
    with pytest.raises(foresell.UsageError, match="only Spark can do method = mllib") as fault:
        foresell.run(copy)
    assert fault.value.file.endswith("88_class_models.sql") and not (copy / "runs").exists()


def choose_mllib(project: Path) -> None:
    with open(project / "foresell.yaml", "a", encoding="utf-8") as settings:
        settings.write("\nclasses: {method: mllib}\n")


def test_a_project_whose_classes_mllib_fits(spark, tmp_path_factory):
    pytest.importorskip("numpy", reason="MLlib needs NumPy")
    import foresell.cluster

    folder = tmp_path_factory.mktemp("classes")
    files = foresell.simulate(folder / "files", items=60, stores=1, customers=40, days=560, lines=12000, seed=3)
    project = foresell.init(folder / "project", files).folder
    own = foresell.run(project, only="class_scores")
    choose_mllib(project)
    run = foresell.cluster.run(spark, project, only="class_scores", resume=True)
    assert {step["name"] for step in run.manifest["steps"] if not step["skipped"]} == {"class_models", "class_scores"}
    keys = ["what", "as_of", "row", "class"]
    told = [{tuple(row[key] for key in keys): row for row in one.table("class_scores").to_pylist()} for one in (own, run)]
    assert told[0].keys() == told[1].keys()
    sums: dict = {}
    for key, row in told[1].items():
        sums[key[:3]] = sums.get(key[:3], 0) + row["probability"]
        assert row["probability"] == pytest.approx(told[0][key]["probability"], abs=0.05)
    assert len(sums) > 50 and all(whole == pytest.approx(1, abs=1e-9) for whole in sums.values())
    assert sum(row["likeliest"] == told[0][key]["likeliest"] for key, row in told[1].items()) > 0.98 * len(told[1])
