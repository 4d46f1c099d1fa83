-- step: sales
-- about: what each store took on each day that it was open
select
    "Date" as time,
    Store as store,
    Sales as amount,
    _file,
    _line
from days
