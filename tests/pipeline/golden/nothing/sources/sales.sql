-- step: sales
-- about: a file with a header and no line
select
    Day as time,
    Item as item,
    Units as units,
    Price as price,
    _file,
    _line
from nothing
