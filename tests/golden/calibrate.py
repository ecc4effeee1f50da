#!/usr/bin/env python3
"""Prints the knots of src/stages/classify/confidence.rs: calibrate.py SELF_HEAL [FOLDER]

Every case that is called something is put into a group by its weight (the confidence, back through the knots in force).
A group's confidence is (right + 1) / (cases + 2), Laplace's rule: a few cases promise little, and none are certain.
Groups that fall are joined (pool adjacent violators). `unknown` promises nothing and is left out. A group of fewer than
FEW cases promises no more than its weight. What the set cannot know, because its cases and the rules were written by the
same people, is taken off as CAP.
"""
import glob, json, os, re, subprocess, sys, tomllib

EDGES = [0.0, 0.5, 0.6, 0.7, 0.78, 0.86, 0.93, 1.0001]
CAP = 0.99
FEW = 5
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def knots():
    text = open(os.path.join(ROOT, "src/stages/classify/confidence.rs")).read()
    table = text.split("KNOTS:", 1)[1].split("= [", 1)[1].split("];", 1)[0]
    return [(float(x), float(y)) for x, y in re.findall(r"\(([\d.]+), ([\d.]+)\)", table)]


def weight(confidence, table):
    for (x0, y0), (x1, y1) in zip(table, table[1:]):
        if confidence <= y1 and y1 > y0:
            return x0 + (confidence - y0) / (y1 - y0) * (x1 - x0)
    return 1.0


def main(program, folder):
    table, cases = knots(), []
    for case in sorted(glob.glob(folder + "/*/*.toml")):
        log = case[:-5] + ".log"
        green = case[:-5] + ".green.log"
        command = [program, "classify", *(["--green", green] if os.path.exists(green) else []), log]
        said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        if said["class"] != "unknown":
            wanted = tomllib.load(open(case, "rb"))["class"]
            cases.append((weight(said["confidence"], table), said["class"] == wanted))
    groups = []
    for low, high in zip(EDGES, EDGES[1:]):
        inside = [one for one in cases if low <= one[0] < high]
        if inside:
            groups.append([sum(w for w, _ in inside), sum(right for _, right in inside), len(inside)])
            while len(groups) > 1 and share(groups[-2]) > share(groups[-1]):
                last = groups.pop()
                groups[-1] = [a + b for a, b in zip(groups[-1], last)]
    print("(0.0, 0.0)")
    for group in groups:
        weighs = group[0] / group[2]
        sure = min(share(group), CAP if group[2] >= FEW else weighs)
        print(f"({weighs:.2f}, {sure:.2f})   // {group[1]} of {group[2]} right")
    print(f"(1.0, {CAP})")


def share(group):
    return (group[1] + 1) / (group[2] + 2)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else os.path.join(ROOT, "fixtures/golden"))
