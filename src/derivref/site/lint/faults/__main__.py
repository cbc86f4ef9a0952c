"""``python -m derivref.site.lint.faults``: plant faults, run the checks, report the score."""

import argparse
import itertools
import json
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from derivref.site.lint.faults import draw, run
from derivref.site.lint.faults.score import DATA, equivalent, score, table


def main() -> None:
    """Read the options and do it; the status is 1 if fewer than --least are caught."""
    parser = argparse.ArgumentParser(
        prog="python -m derivref.site.lint.faults", description=__doc__
    )
    parser.add_argument("--count", type=int, default=30, help="how many faults to plant")
    parser.add_argument("--seed", default="tree", help="a number, or `tree`: the commit's tree")
    parser.add_argument("--class", dest="kinds", action="append", default=[], help="only these")
    parser.add_argument("--jobs", type=int, default=2, help="copies of the tree")
    parser.add_argument("--least", type=int, default=0, help="fail if fewer are caught")
    parser.add_argument("--write", action="store_true", help="write the data of the ledger")
    parser.add_argument("--list", action="store_true", help="print the faults and plant none")
    options = parser.parse_args()
    root = Path.cwd()
    if not (root / "references.bib").is_file():
        sys.exit("run this in the root of the repository")
    seed = options.seed
    if seed == "tree":
        command = ["git", "rev-parse", "HEAD^{tree}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seed = str(int(done.stdout[:8], 16))
    try:
        faults = list(
            itertools.islice(draw.drawn(root, int(seed), tuple(options.kinds)), options.count)
        )
    except ValueError as error:
        sys.exit(str(error))
    if options.list:
        print("\n".join(f"{f.kind:18} {f}" for f in faults))
        return
    keep = root / ".cache" / f"faults-{seed}.jsonl"
    outcomes = []
    for outcome in run.plant(root, faults, options.jobs, keep):
        verdict = "equivalent" if equivalent(outcome) else outcome.verdict
        print(f"{verdict:10} {outcome.kind:18} {outcome.place}: `{outcome.old}` → `{outcome.new}`")
        if outcome.message:
            print(f"           {outcome.message}")
        sys.stdout.flush()
        outcomes.append(outcome)
    print(table(outcomes))
    caught, planted = score(outcomes)
    print(f"{caught} of {planted} caught, seed {seed}; kept in {keep.relative_to(root)}")
    if options.write:
        data = {
            "date": date.today().isoformat(),
            "seed": int(seed),
            "outcomes": [asdict(o) for o in outcomes],
        }
        DATA.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(f"written to {DATA}")
    if caught < options.least:
        sys.exit(f"fewer than {options.least} were caught")


if __name__ == "__main__":
    main()
