-- step: supplier_terms
-- about: what each supplier asks for: the day on which it takes the next order and how long until the one after it, lead time, least value and a truck's room
-- expect: unique(supplier); wait >= 0 and wait <= 7; next_order >= 1 and next_order <= 7; lead_days >= 0; minimum_value > 0; truck > 0
--
-- Weekdays count where periods are days: in a week or a month there is one of each. The first day of ordering is that after the last day of
-- the sales; wait is how many days the order waits from then on. Where order_days names no day that is known, any day is one, and note says so.
with told as (
    select
        supplier,
        min(name) as name,
        max(lower(order_days)) as order_days,
        max(case when lead_time >= 0 then lead_time end) as lead_days,
        max(case when minimum_value > 0 then minimum_value end) as minimum_value,
        max(case when truck > 0 then truck end) as truck,
        max(case when lead_time < 0 or minimum_value < 0 or truck <= 0 then 1 else 0 end) as odd
    from suppliers
    where supplier is not null
    group by supplier
),
weekdays as (
    select weekday, names
    from (values
        (1, '1|mo|mon|monday|mondays|montag|montags|lu|lun|lunes|lundi|luned[iì]|ma?andag|poniedzia[lł]ek'),
        (2, '2|tu|tue|tues|tuesday|tuesdays|di|die|dienstag|dienstags|mar|martes|mardi|marted[iì]|dinsdag|wtorek'),
        (3, '3|we|wed|weds|wednesday|wednesdays|mi|mit|mittwoch|mittwochs|mie|mi[eé]rcoles|mer|mercredi|mercoled[iì]|woensdag|[sś]roda'),
        (4, '4|th|thu|thur|thurs|thursday|thursdays|do|don|donnerstag|donnerstags|jue|jueves|jeu|jeudi|gioved[iì]|donderdag|czwartek'),
        (5, '5|fr|fri|friday|fridays|fre|freitag|freitags|vie|viernes|ven|vendredi|venerd[iì]|vrijdag|pi[aą]tek'),
        (6, '6|sa|sat|saturday|saturdays|sam|samstag|samstags|sonnabend|s[aá]b|s[aá]bado|samedi|sabato|zaterdag|sobota'),
        (7, '7|su|sun|sunday|sundays|so|son|sonntag|sonntags|dom|domingo|dim|dimanche|domenica|zondag|niedziela')
    ) as spoken(weekday, names)
),
days_ahead as (
    select ahead
    from (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14)) as counted(ahead)
),
order_days as (
    select
        told.supplier,
        days_ahead.ahead,
        row_number() over (partition by told.supplier order by days_ahead.ahead nulls last) as place
    from told
    join weekdays on text_matches(told.order_days, '(^|[^a-z0-9])(' || weekdays.names || ')($|[^a-z0-9])')
    cross join stock_settings
    join days_ahead on iso_weekday(add_days(stock_settings.last_day, days_ahead.ahead)) = weekdays.weekday
    where '${period}' = 'day'
),
first_two as (
    select
        supplier,
        min(ahead) as first_ahead,
        max(ahead) as second_ahead
    from order_days
    where place <= 2
    group by supplier
)
select
    told.supplier,
    told.name,
    add_days(stock_settings.last_day, first_two.first_ahead) as order_on,
    cast(coalesce(first_two.first_ahead - 1, 0) as bigint) as wait,
    cast(first_two.second_ahead - first_two.first_ahead as bigint) as next_order,
    told.lead_days,
    told.minimum_value,
    told.truck,
    case
        when told.odd = 1 then 'a term below zero, or a truck without room, is left out'
        when first_two.supplier is null and told.order_days is not null and '${period}' = 'day'
            and not text_matches(told.order_days, 'daily|every ?day|any ?day|t[aä]glich|diari|quotidien|tous les jours|dagelijks|codziennie')
            then 'order_days names no day of the week: any day is taken'
    end as note
from told
cross join stock_settings
left join first_two on first_two.supplier = told.supplier
order by supplier nulls first
