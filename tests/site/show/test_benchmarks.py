"""The tables of benchmarks show the data that the scripts have written."""

import pytest

from derivref.site.fault import Fault
from derivref.site.show import benchmarks


@pytest.mark.parametrize("name", ["autodiff", "derivative", "frameworks", "gradcheck"])
def test_data_say_when_and_with_what_they_were_measured(name):
    data = benchmarks.measured(name)
    line = benchmarks.provenance(data)
    assert data["date"] in line
    assert f"NumPy {data['versions']['numpy']}" in line


def test_missing_data_are_named_with_the_command_that_writes_them():
    with pytest.raises(Fault, match=r"benchmarks/speed\.json is missing: run `python benchmarks/"):
        benchmarks.measured("speed")


def test_the_table_of_tools_has_a_row_for_each():
    tools = benchmarks.measured("derivative")["tools"]
    rows = [row for row in benchmarks.differentiators().splitlines() if row.startswith("| `")]
    cells = {row.split("`")[1]: row.split(" | ")[1:3] for row in rows}
    assert cells == {name: [str(t["bad"]), str(t["silent"])] for name, t in tools.items()}
    assert len(rows) == len(cells) >= 4
