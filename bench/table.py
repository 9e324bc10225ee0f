# SPDX-License-Identifier: Apache-2.0
"""The table of ./dev bench: each figure with its baseline."""


class Row:
    """One line of the table: a figure, its baseline, the ratio, the required value, and the share of
    all cores that other processes used while it was measured (busy.Measured.text)."""

    def __init__(self, name, figure, baseline, ratio, target, reached, others):
        self.cells = [name, figure, baseline, ratio, target, "yes" if reached else "NO", others]
        self.reached = reached


class Table:
    def __init__(self):
        self.rows = []

    def add(self, *cells):
        row = Row(*cells)
        self.rows.append(row)
        print("  " + " | ".join(row.cells), flush=True)

    def markdown(self):
        head = ["what", "figure", "baseline", "ratio", "must be", "reached", "others' CPU"]
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(row.cells) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"


def say(text):
    print(f"== {text}", flush=True)
