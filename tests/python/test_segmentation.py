"""Segments that MLlib fits, `fitter = mllib` of fit_segments: the table that the kernel gives, for the same segments."""

import random
import shutil
from pathlib import Path

import foresell
import pyarrow as pa
import pytest

pytestmark = pytest.mark.spark
ROOT = Path(__file__).resolve().parents[2]
HOSTILE = ["a.b", "mon`\"ey", "it's ; flag", "all alike"]
MODEL = {"segment": "bigint", "feature": "string", "unit": "double", "shift": "double", "scale": "double", "centre": "double", "deviation": "double", "weight": "double"}


@pytest.fixture(scope="module")
def apply(spark):
    pytest.importorskip("numpy", reason="MLlib needs NumPy")
    import foresell.spark

    return foresell.spark.apply


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def made_up(spark, rows, groups=("one", None), below=0.0, seed=6):
    """Three sorts of rows of different sizes; of the features one is skewed, and one is yes, no or not known. `below`: share of money below 0."""
    draw, out = random.Random(seed), []
    for group in groups:
        for n in range(rows):
            sort = min(n % 6, 3) // 2 + (n % 6 > 4)
            money = (-1 if draw.random() < below else 1) * 10 ** draw.gauss(1 + sort, 0.1)
            out.append((group, n, draw.gauss(4 * sort, 0.5) if n % 97 else None, money if n % 89 else 0.0, sort == 1 if n % 101 else None, 7))
    draw.shuffle(out)
    return spark.createDataFrame(out, "g string, n bigint, c2 double, c3 double, c4 boolean, c5 int").toDF("g", "n", *HOSTILE)


def models(df, apply, group=("g",), **params):
    """By the kernel, and by MLlib; groups in the order of their names."""
    own = apply(df, "fit_segments", group, "n", **params).orderBy(*group, "segment", "feature").collect()
    return own, apply(df, "fit_segments", group, "n", fitter="mllib", **params)


def in_order(fitted):
    return sorted(fitted.collect(), key=lambda row: (row["g"] is not None, row["g"], row["segment"], row["feature"]) if "g" in row else (row["segment"], row["feature"]))


def placed(model, df, apply) -> dict:
    """The segment of each row by the operator segment."""
    features = df.columns[2:]
    rows = model.selectExpr("g", "-row_number() over (partition by g order by segment, feature) as n", *MODEL,
                            *(f"cast(null as double) as {quoted(name)}" for name in features))
    rest = df.selectExpr("g", "n", *(f"cast(null as {kind}) as {name}" for name, kind in MODEL.items()),
                         *(f"cast({quoted(name)} as double) as {quoted(name)}" for name in features))
    told = apply(rows.unionByName(rest), "segment", ["g"], "n", **{name: name for name in MODEL})
    return {(row["g"], row["row"]): row["segment"] for row in told.collect()}


def test_the_table_is_that_of_the_kernel(spark, apply):
    df = made_up(spark, 900, groups=(None,)).cache()
    own, fitted = models(df, apply)
    rows = in_order(fitted)
    assert fitted.schema == apply(df, "fit_segments", ["g"], "n").schema
    assert [(row["g"], row["segment"], row["feature"], row["fitted"]) for row in rows] == [(row["g"], row["segment"], row["feature"], row["fitted"]) for row in own]
    assert {row["feature"] for row in rows} == set(HOSTILE[:3]) and len(rows) == 9
    for row, like in zip(rows, own):
        assert (row["unit"] is None) == (like["unit"] is None) == (row["feature"] != HOSTILE[1])
        assert row["unit"] is None or row["unit"] == pytest.approx(like["unit"], rel=0.02)  # medians of an even number of values
        assert [row["shift"], row["scale"]] == pytest.approx([like["shift"], like["scale"]], rel=1e-9 if row["unit"] is None else 0.02)
        assert [row["centre"], row["weight"]] == pytest.approx([like["centre"], like["weight"]], abs=0.02)
        assert row["value"] == pytest.approx(like["value"], rel=0.05, abs=0.05)
        assert row["within"] == pytest.approx(like["within"], rel=0.02)
        assert row["silhouette"] == pytest.approx(like["silhouette"], abs=0.01)
        assert like["stability"] - 0.05 < row["stability"] < like["stability"] + 0.02
        assert row["deviation"] is None and row["bic"] is None


def test_of_many_rows_all_are_fitted_and_placed_as_by_the_kernel(spark, apply, monkeypatch):
    import foresell.segmentation

    monkeypatch.setattr(foresell.segmentation, "SAMPLE", 1200)
    df = made_up(spark, 6000, groups=("one",), below=0.1).cache()
    own, fitted = models(df, apply, transform="log", segments=4)
    rows = fitted.collect()
    assert {row["fitted"] for row in rows} == {6000} and all(row["unit"] is not None for row in rows)
    assert rows[0]["within"] < 1.02 * own[0]["within"]
    one, other = placed(spark.createDataFrame(own, fitted.schema), df, apply), placed(fitted, df, apply)
    assert len(one) == 6000 and sum(one[key] == other[key] for key in one) > 0.99 * 6000


def test_a_segment_that_the_sample_does_not_have_is_not_called_stable():
    pytest.importorskip("pyspark")
    from foresell.segmentation import _as_model, _stability

    sample = pa.table({"n": [4, 5, 6, 7, 8, 9], "x": [0.0, 0.1, 1.0, 1.1, 5.0, 5.1]})
    model = _as_model([[0.5], [5.0]], ["x"]).append_column("stability", pa.array([0.9, 1.0]))
    assert _stability(sample, model, [[0.5], [5.05]]) == pytest.approx([0.9, 1.0])
    assert _stability(sample, model, [[0.05], [1.05], [5.05]]) == pytest.approx([0.4, 0.4, 1.0])


def test_groups_of_little_give_what_the_kernel_gives(spark, apply):
    """One row, rows that are alike, rows of which nothing is known, two rows that differ."""
    rows = [("row", 1, 2.0, None), ("none", 1, None, None), ("none", 2, None, float("nan"))]
    rows += [("same", n, 3.0, 1e200) for n in range(9)] + [("two", n, float(n % 2), -1e300 if n % 2 else 4.0) for n in range(60)]
    df = spark.createDataFrame(rows, "g string, n bigint, x double, y double")
    own, fitted = models(df, apply, transform="none")
    found = in_order(fitted)
    assert [(row["g"], row["segment"], row["feature"], row["weight"]) for row in found] == [(row["g"], row["segment"], row["feature"], row["weight"]) for row in own]
    assert {row["g"] for row in found} == {"two"}
    assert apply(df.where("g = 'no such'"), "fit_segments", ["g"], "n", fitter="mllib").count() == 0


def test_what_mllib_does_not_fit_is_refused(spark, apply):
    from foresell.spark import piped

    df = spark.sql("select id as n, cast(id as string) as word, id % 7 as x from range(60)")
    with pytest.raises(foresell.DataError, match="word is a text"):
        piped(df, "fit_segments", "fitter = mllib", [], "n")
    with pytest.raises(foresell.UsageError, match="mixtures"):
        apply(df.drop("word"), "fit_segments", order="n", method="mixture", fitter="mllib")
    with pytest.raises(foresell.UsageError, match="only Spark can do fitter = mllib"):
        foresell.fit_segments(pa.table({"n": [1, 2], "x": [1.0, 2.0]}), order="n", fitter="mllib")


def choose_mllib(project: Path) -> None:
    with open(project / "foresell.yaml", "a", encoding="utf-8") as settings:
        settings.write("\nsegments: {method: mllib}\n")


def with_few_of_many(folder: Path) -> Path:
    """The program's steps, where more than 50 customers are many."""
    shutil.copytree(ROOT / "models", folder / "models")
    step = folder / "models" / "94_segment_models.sql"
    step.write_text(step.read_text(encoding="utf-8").replace("100000", "50"), encoding="utf-8")
    return folder


def test_a_project_whose_segments_mllib_fits_to_all_customers(spark, tmp_path_factory, monkeypatch):
    pytest.importorskip("numpy", reason="MLlib needs NumPy")
    import foresell.cluster

    folder = tmp_path_factory.mktemp("segments")
    files = foresell.simulate(folder / "files", items=20, stores=1, customers=300, days=300, lines=6000, seed=3)
    project = foresell.init(folder / "project", files).folder
    first = foresell.run(project, only="customer_segments")
    own, whole = (first.table(name).to_pylist() for name in ("customer_segments", "segment_models"))
    monkeypatch.setenv("FORESELL_HOME", str(with_few_of_many(folder / "home")))
    part = foresell.run(project, only="segment_models", resume=True).table("segment_models").to_pylist()
    choose_mllib(project)
    run = foresell.cluster.run(spark, project, only="customer_segments", resume=True)
    fitted, placed = run.table("segment_models").to_pylist(), run.table("customer_segments").to_pylist()
    assert len(own) > 200 and part[0]["fitted"] <= 50 and fitted[0]["fitted"] == whole[0]["fitted"] == len(own)
    assert [row["customer"] for row in placed] == [row["customer"] for row in own]
    assert {row["segment"] for row in fitted} == {row["segment"] for row in whole} == {row["segment"] for row in placed}
    assert fitted[0]["within"] < 1.05 * whole[0]["within"]
