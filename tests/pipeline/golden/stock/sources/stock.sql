-- step: stock
-- about: was there any in each week
select
    Product as item,
    Week as day,
    InStock as in_stock,
    _file,
    _line
from in_stock
