"""The functions of operators are what the declarations say."""

import datetime
import importlib.util
import inspect
import json

import foresell
import pyarrow as pa
import pyarrow.compute
import pytest
from conftest import MONDAY, ROOT, sales
from foresell import _core, operators

DECLARED = json.loads(_core.operators())


def generate():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "python" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_functions_are_made_from_these_declarations():
    text = generate().text_of(DECLARED)
    for place in (ROOT / "python" / "foresell" / "operators.py", operators.__file__):
        assert open(place, encoding="utf-8").read() == text, f"{place} is not current: run make docs"


def test_lists_and_flags_are_written_as_python_writes_them():
    made = generate()
    numbers = {"name": "q", "type": "list", "default": "[0.5]", "minimum": 0.1, "maximum": 0.9}
    listed = {"name": "w", "type": "list", "default": "[a, b]", "choices": "a|b|c"}
    named = {"name": "c", "type": "list", "default": "[]"}
    flag = {"name": "f", "type": "bool", "default": "true"}
    needed = {"name": "n", "type": "date"}
    assert [made.type_of(one) for one in (numbers, listed, named, flag, needed)] == [
        "Sequence[float]",
        'Sequence[Literal["a", "b", "c"]]',
        "Sequence[str]",
        "bool",
        "str | date",
    ]
    assert [made.default_of(one) for one in (numbers, listed, named, flag, needed)] == ["(0.5,)", '("a", "b")', "()", "True", None]
    operator = {"name": "x", "input": [], "params": [numbers, needed]}
    assert made.signature(operator)[4:6] == ["n: str | date", "q: Sequence[float] = (0.5,)"], "what must be given comes first"


@pytest.mark.parametrize("declared", DECLARED, ids=lambda one: one["name"])
def test_the_documentation_names_every_part(declared):
    function = getattr(foresell, declared["name"])
    doc, parameters = inspect.getdoc(function), inspect.signature(function).parameters
    assert doc.startswith(declared["summary"].split(" ")[0])
    for name in parameters:
        assert f"\n{name} : " in doc
    for column in declared["output"]:
        assert f"- `{column['name']}" in doc
    for param in declared["params"]:
        if "minimum" in param:
            assert f"From {param['minimum']:g} to {param['maximum']:g}." in " ".join(doc.split())
    assert ">>> foresell." in doc


# a value is all that they must be given
ON_SERIES = [one for one in DECLARED if [column["name"] for column in one["input"] if column["role"] == "value" and not column["optional"]] == ["value"]]


@pytest.mark.parametrize("declared", ON_SERIES, ids=lambda one: one["name"])
def test_the_defaults_are_those_of_the_operator(declared):
    data = sales({"a": 400, "b": 380})
    later = pa.compute.greater(data["day"], MONDAY + datetime.timedelta(200))
    units = pa.compute.if_else(later, pa.compute.multiply(data["units"], 3.0), data["units"])
    units = pa.compute.if_else(pa.compute.equal(data["day"], MONDAY + datetime.timedelta(100)), 99.0, units)
    data = data.set_column(2, "units", units)  # a lasting shift and a peak, for those who look for one
    bare = foresell.apply(declared["name"], data, group="item", order="day", columns={"value": "units"})
    assert getattr(foresell, declared["name"])(data, group="item", order="day", value="units").equals(bare)
    assert bare.num_rows > 0 and bare.column_names[0] == "item"


def test_a_model_is_a_table_that_scores_rows():
    """Half of the rows have a class, which depends on a number and a text; the others get theirs."""
    rows = pa.table({"row": range(400), "size": [n * 37 % 100 / 10 for n in range(400)], "kind_of": ["u" if n % 3 else "v" for n in range(400)]})
    known = ["a" if n * 37 % 100 > (30 if n % 3 else 60) else "b" for n in range(400)]
    learnt = rows.append_column("label", pa.array([name if n % 2 else None for n, name in enumerate(known)]))
    model = foresell.fit_classifier(learnt, order="row", label="label")
    assert set(model["feature"].to_pylist()) == {None, "size", "kind_of"}
    numbered = model.append_column("row", pa.array(range(-model.num_rows, 0))).select(["row", "class", "kind", "feature", "level", "knot", "coefficient"])
    told = foresell.classify(pa.concat_tables([numbered, rows.cast(rows.schema)], promote_options="default"), order="row")
    likeliest = {row["row"]: row["class"] for row in told.to_pylist() if row["likeliest"]}
    assert sum(likeliest[n] == name for n, name in enumerate(known) if n % 2 == 0) > 190


def test_a_network_of_stages_says_what_each_keeps():
    """Snyder and Shen, example 6.5; the rows in any order, the columns by other names."""
    stages = pa.table(
        {
            "row": [4, 1, 3, 2],
            "stage": ["b", "plant", "depot", "a"],
            "from": ["depot", None, "plant", "depot"],
            "lead_time": [1, 2, 1, 1],
            "holding": [3.0, 1.0, 2.0, 3.0],
            "deviation": [1.0, None, None, 1.0],
            "promised": [1, None, None, 0],
            "inbound": [None, 1, None, None],
            "factor": [1.0] * 4,
        }
    )
    told = foresell.safety_stock(stages, order="row", upstream="from")
    assert told["stage"].to_pylist() == ["plant", "a", "depot", "b"]
    assert told["service_time"].to_pylist() == [0, 0, 0, 1] and told["net_time"].to_pylist() == [3, 1, 1, 0]
    assert told["network_cost"].to_pylist() == pytest.approx([8.277916867529369] * 4, rel=1e-14)
    lost = stages.set_column(2, "from", pa.array([None, None, "plant", "depot"]))
    with pytest.raises(foresell.DataError, match="row 4, stage 'b': nothing joins it with stage 'plant'"):
        foresell.safety_stock(lost, order="row", upstream="from")
