"""stockpyl_peer.py DEMAND…: the problems of bench/stock.c by stockpyl: a line each, name, CPU microseconds (the least of a few), cost."""
import sys
import time
import warnings

from stockpyl.newsvendor import newsvendor_normal, newsvendor_poisson
from stockpyl.rq import r_q_poisson_exact
from stockpyl.ss import s_s_discrete_exact
from stockpyl.wagner_whitin import wagner_whitin

WEEKS = [float(units) for units in sys.argv[1:]]

PROBLEMS = {
    "wagner_whitin": (5, lambda: wagner_whitin(len(WEEKS), 2, 500, WEEKS)[1]),
    "s_S_poisson_6": (3, lambda: s_s_discrete_exact(1, 4, 5, True, demand_mean=6)[2]),
    "s_S_poisson_20": (2, lambda: s_s_discrete_exact(1, 9, 64, True, demand_mean=20)[2]),
    "r_Q_poisson": (5, lambda: r_q_poisson_exact(20, 150, 100, 1.5, 2)[2]),
    "newsvendor_normal": (20, lambda: newsvendor_normal(0.18, 0.70, 50, 8)[1]),
    "newsvendor_poisson": (5, lambda: newsvendor_poisson(0.18, 0.70, 50)[1]),
}

warnings.simplefilter("ignore")
for name, (times, solve) in PROBLEMS.items():
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        cost = float(solve())
        least = min(least, time.process_time() - began)
    print(name, round(least * 1e6, 1), f"{cost:.15g}")
