-- step: prices
-- about: from when each product has a price
select
    Product as item,
    "From" as start,
    Price as price,
    _file,
    _line
from price_list
