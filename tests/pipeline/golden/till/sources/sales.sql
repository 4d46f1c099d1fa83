-- step: sales
-- about: lines of a till, with cancellations marked by a K, postage, a manual entry and a breakage
select
    "When" as time,
    Code as item,
    Customer as customer,
    Invoice as basket,
    Qty as units,
    Price as price,
    Text as note,
    _file,
    _line
from till
