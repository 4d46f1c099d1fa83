"""read_csv.py FILE THREADS: DuckDB's own reader of CSV into a table, for comparison with ours."""
import sys

import duckdb

db = duckdb.connect(config={"threads": int(sys.argv[2])})
db.execute("create table sales as select * from read_csv(?)", [sys.argv[1]])
