-- step: status_kinds
-- about: states of orders that mean it was cancelled or taken back
-- expect: unique(status); kind in ('cancelled', 'returned')
with states as (
    select
        status,
        count(*) as lines
    from sales
    where status is not null
    group by status
),
judged as (
    select
        states.status,
        states.lines,
        case
            when text_matches(lower(trim(states.status)), '(^|[^a-z])(not|non|never|no|un|nicht) ?-?(cancel|return|refund|void|storn)') then null
            when text_matches(
                lower(trim(states.status)),
                '(^|[^a-z])(cancel|canceled|cancelled|cancellation|void|voided|aborted|abandoned|storno|storniert|annulliert|annul(é|e)e?|anulado|anulada|cancelado|cancelada|annullato|annullata|geannuleerd|anulowan[eya])($|[^a-z])'
            ) then 'cancelled'
            when text_matches(
                lower(trim(states.status)),
                '(^|[^a-z])(return|returned|refund|refunded|chargeback|charged back|retour|retourniert|zur(ü|ue)ckgegeben|erstattet|rembours(é|e)e?|retourn(é|e)e?|devuelto|devuelta|devolvido|devolvida|reembolsado|reembolsada|rimborsato|reso|geretourneerd|zwr(ó|o)con[ya])($|[^a-z])'
            ) then 'returned'
        end as kind
    from states
)
select
    status,
    kind,
    lines
from judged
where kind is not null
order by status nulls first
