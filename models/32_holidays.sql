-- step: holidays
-- about: holidays and days on which shops are busy in the shop's country
-- expect: unique(day, name); kind in ('public', 'observed', 'occasion')
-- expect: share >= 66e-2 and share <= 1
--
-- Of the step country, and of its part that the setting region names. Where no region is named, a holiday counts if
-- two thirds of the regions have it; share says how many. certain is false where a calendar follows the moon
-- as it is seen. Events of the shop's own are in calendar. An engine may look at a part that is not there before it
-- leaves it out, so an empty one is nothing rather than a fault.
with regions as (
    select coalesce(max(1 + length(world_holidays.name) - length(replace(world_holidays.name, ' ', ''))), 0) as regions
    from world_holidays
    join country on country.country = world_holidays.country
    where world_holidays.kind = 'regions'
),
here as (
    select upper(split_part('${region}', '-', case when '${region}' like '%-%' then 2 else 1 end)) as region
),
days as (
    select world_days.*
    from world_days
    join country on country.country = world_days.country
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
