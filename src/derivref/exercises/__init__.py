"""Exercises: questions whose answer is a formula, with checked solutions."""

from derivref.records import Exercise, Family

FAMILY: Family[Exercise] = Family(
    "exercises",
    "Exercises",
    page="practice/exercises.md#{name}",
    index="practice/exercises.md",
    kind=Exercise,
)
FAMILY.load(
    __name__,
    first=(
        "definition",
        "drill",
        "rules",
        "activations",
        "several",
        "higher",
        "losses",
        "chances",
        "networks",
    ),
)
