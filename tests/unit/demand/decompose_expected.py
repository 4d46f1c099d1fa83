#!/usr/bin/env python3
"""Writes decompose_expected.h: parts of a few series by the STL of statsmodels (0.15), for test_decompose.c.

decompose_expected.py > decompose_expected.h, in a Python with statsmodels. Windows and jumps are given as decompose.c has them.
None of these series has a window in which nothing weighs anything: there statsmodels takes the value itself. Seasons are even,
since it refuses a low-pass window of the season itself. Several seasons are taken out as its MSTL does it, by the same loop,
because that takes one jump for all of them.
"""
from math import ceil

import numpy as np
from statsmodels.tsa.seasonal import STL

CASES = [("monthly", 150, [12], 0, 2), ("monthly, robust", 150, [12], 2, 1), ("whole cycles", 144, [12], 1, 2), ("quarters", 41, [4], 15, 1),
         ("weekly, two years", 110, [52], 0, 2), ("two seasons", 700, [4, 52], 0, 2), ("two seasons, robust", 731, [4, 52], 2, 1)]


def series(count: int, seasons: list[int]) -> np.ndarray:
    """Only sums and products of small numbers, so that C makes the same."""
    y = np.zeros(count)
    for t in range(count):
        y[t] = 40 + t * 0.125 + (t * 37 + t * t * 11) % 101 * 0.0625 + (250 if t % 61 == 30 else 0)
        for k, season in enumerate(seasons):
            place = t % season
            y[t] += (8 + k * 4) * (4.0 * place * (season - place) / (season * season))
    return y


def odd(x: float) -> int:
    return ceil(x) + (ceil(x) % 2 == 0)


def parts(y: np.ndarray, seasons: list[int], robust: int, inner: int):
    each, left = np.zeros((len(seasons), len(y))), y.copy()
    for _ in range(2 if len(seasons) > 1 else 1):
        for k, period in enumerate(seasons):
            window = 11 + 4 * k
            trend, low = odd(1.5 * period / (1 - 1.5 / window)), odd(period)
            jumps = {f"{name}_jump": ceil(w / 10) for name, w in (("seasonal", window), ("trend", trend), ("low_pass", low))}
            left = left + each[k]
            fit = STL(left, period=period, seasonal=window, trend=trend, low_pass=low, robust=robust > 0, **jumps).fit(
                inner_iter=inner, outer_iter=robust)
            each[k] = fit.seasonal
            left = left - each[k]
    return fit.trend, each, fit.weights


def main() -> None:
    print("/* decompose_expected.h: made by decompose_expected.py, which says how. */")
    print("static const expected_case expected_cases[] = {")
    for name, count, seasons, robust, inner in CASES:
        trend, each, weight = parts(series(count, seasons), seasons, robust, inner)
        print(f'    {{"{name}", {count}, {{{len(seasons)}, {{{", ".join(map(str, seasons))}}}, {robust}, {inner}, 0}},\n     {{')
        for step in (0, 1, 30, count // 2, count - 3, count - 1):
            seasons_there = ", ".join(float(v).hex() for v in each[:, step])
            print(f"         {{{step}, {float(trend[step]).hex()}, {{{seasons_there}}}, {float(weight[step]).hex()}}},")
        print("     }},")
    print("};")


if __name__ == "__main__":
    main()
