-- step: sales
-- about: pieces sold in each week, noughts written out
select
    Week as time,
    Product as item,
    Units as units,
    _file,
    _line
from weeks
