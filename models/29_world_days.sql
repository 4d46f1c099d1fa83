-- step: world_days
-- about: holidays and busy days by country and region, day by day: of the country that the settings name, else of all, around the days of the sales
-- expect: unique(country, region, kind, name, day); day is not null; kind in ('public', 'observed', 'occasion', 'lacking')
--
-- world_holidays writes them down by the year's days; here each stands by itself. region is null where all of a country has the day; lacking says that a
-- region does not have what the country has. certain is false where a calendar follows the moon as it is seen. From 1990 to 2050 where the country is
-- known, else from the year before the sales to two years after them.
with few as (
    select n
    from numbers
    where n <= 100
),
years as (
    select
        case when '${country}' <> '' then 1990 else year_of(first_day) - 1 end as first_year,
        case when '${country}' <> '' then 2050 else year_of(last_day) + 2 end as last_year
    from sales_facts
    where first_day is not null and '${dates}' = 'told'
),
lines as (
    select
        country,
        region,
        kind,
        certain = 'yes' as certain,
        name,
        days
    from world_holidays
    where (country = upper('${country}') or '${country}' = '') and kind in ('public', 'observed', 'occasion', 'lacking')
),
parts as (
    select
        lines.country,
        lines.region,
        lines.kind,
        lines.certain,
        lines.name,
        split_part(lines.days, ';', few.n) as part
    from lines
    join few on few.n >= 1 and few.n <= 1 + length(lines.days) - length(replace(lines.days, ';', ''))
),
runs as (
    select
        parts.country,
        parts.region,
        parts.kind,
        parts.certain,
        parts.name,
        split_part(parts.part, ':', 1) as month_day,
        split_part(split_part(parts.part, ':', 2), ' ', few.n) as years
    from parts
    join few on few.n >= 1 and few.n <= 1 + length(parts.part) - length(replace(parts.part, ' ', ''))
),
bounds as (
    select
        country,
        region,
        kind,
        certain,
        name,
        month_day,
        cast(nullif(split_part(years, '-', 1), '') as integer) as first_year,
        cast(nullif(case when years like '%-%' then split_part(years, '-', 2) else years end, '') as integer) as last_year
    from runs
),
wanted as (
    select
        bounds.country,
        bounds.region,
        bounds.kind,
        bounds.certain,
        bounds.name,
        bounds.month_day,
        greatest(bounds.first_year, years.first_year) as first_year,
        least(bounds.last_year, years.last_year) as last_year
    from bounds
    cross join years
)
select
    wanted.country,
    nullif(wanted.region, '') as region,
    wanted.kind,
    wanted.certain,
    wanted.name,
    cast(cast(wanted.first_year + few.n as string) || '-' || wanted.month_day as date) as day
from wanted
join few on few.n <= wanted.last_year - wanted.first_year
order by country nulls first, region nulls first, kind nulls first, name nulls first, day nulls first
