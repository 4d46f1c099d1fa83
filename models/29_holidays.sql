-- step: holidays
-- about: holidays and days on which shops are busy in the shop's country, from 1990 to 2050
-- expect: unique(day, name); kind in ('public', 'observed', 'occasion')
-- expect: share >= 66e-2 and share <= 1
--
-- Of the setting country, and of its part that the setting region names. Where no region is named, a holiday counts if
-- two thirds of the regions have it; share says how many. certain is false where a calendar follows the moon
-- as it is seen. Events of the shop's own are in calendar. An engine may look at a part that is not there before it
-- leaves it out, so an empty one is nothing rather than a fault.
with few as (
    select n
    from numbers
    where n <= 100
),
lines as (
    select
        region,
        kind,
        certain = 'yes' as certain,
        name,
        days
    from world_holidays
    where country = upper('${country}') and '${dates}' = 'told'
),
regions as (
    select coalesce(max(1 + length(name) - length(replace(name, ' ', ''))), 0) as regions
    from lines
    where kind = 'regions'
),
here as (
    select upper(split_part('${region}', '-', case when '${region}' like '%-%' then 2 else 1 end)) as region
),
parts as (
    select
        lines.region,
        lines.kind,
        lines.certain,
        lines.name,
        split_part(lines.days, ';', few.n) as part
    from lines
    join few on few.n >= 1 and few.n <= 1 + length(lines.days) - length(replace(lines.days, ';', ''))
    where lines.kind in ('public', 'observed', 'occasion', 'lacking')
),
runs as (
    select
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
        region,
        kind,
        certain,
        name,
        month_day,
        cast(nullif(split_part(years, '-', 1), '') as integer) as first_year,
        cast(nullif(case when years like '%-%' then split_part(years, '-', 2) else years end, '') as integer) as last_year
    from runs
),
days as (
    select
        bounds.region,
        bounds.kind,
        bounds.certain,
        bounds.name,
        cast(cast(bounds.first_year + few.n as string) || '-' || bounds.month_day as date) as day
    from bounds
    join few on few.n <= bounds.last_year - bounds.first_year
),
shares as (
    select
        days.day,
        days.name,
        min(case when days.kind <> 'lacking' then days.kind end) as kind,
        min(case when days.certain then 1 else 0 end) as certain,
        max(case when coalesce(days.region, '') = '' then 1 else 0 end) as in_all,
        max(case when days.region = here.region and days.kind <> 'lacking' then 1 else 0 end) as in_region,
        max(case when days.region = here.region and days.kind = 'lacking' then 1 else 0 end) as not_in_region,
        sum(case when coalesce(days.region, '') <> '' and days.kind <> 'lacking' then 1 else 0 end) as regions_with,
        sum(case when coalesce(days.region, '') <> '' and days.kind = 'lacking' then 1 else 0 end) as regions_without
    from days
    cross join here
    group by days.day, days.name
),
judged as (
    select
        shares.*,
        case
            when here.region <> '' then cast(greatest(in_region, in_all - not_in_region) as double)
            when in_all = 1 then 1e0 - cast(regions_without as double) / nullif(greatest(regions.regions, 1), 0)
            else cast(regions_with as double) / nullif(greatest(regions.regions, 1), 0)
        end as share
    from shares
    cross join here
    cross join regions
)
select
    day,
    name,
    kind,
    certain = 1 as certain,
    share
from judged
where share >= 66e-2 and kind is not null
order by day nulls first, name nulls first
