"""read_csv.py FILE THREADS: DuckDB's own reader of CSV into a table, for comparison with ours; CPU seconds on standard output."""
import sys

import duckdb

from common import own_cpu

db = duckdb.connect(config={"threads": int(sys.argv[2])})
began = own_cpu()
db.execute("create table sales as select * from read_csv(?)", [sys.argv[1]])
print(f"{own_cpu() - began:.3f}")
