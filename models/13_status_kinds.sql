-- step: status_kinds
-- about: states of orders that mean it was cancelled or taken back, and of events that mean somebody only looked, or put something into a cart
-- expect: unique(status); kind in ('cancelled', 'returned', 'looked')
--
-- looked counts only in a file of events, which has purchases among them, and where all of the state is such a word.
with states as (
    select
        status,
        count(*) as lines
    from sales
    where status is not null
    group by status
),
purchases as (
    select count(*) as states
    from states
    where text_matches(lower(trim(status)), '^(purchase|purchased|transaction|order|ordered|order[ _-]?(completed|placed)|buy|bought|sale|sold|checkout[ _-]?completed)$')
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
            when purchases.states > 0 and text_matches(
                lower(trim(states.status)),
                '^((product|item|page|screen)?[ _-]?(view|views|viewed|visit|impression|click|clicked|detail|details|seen|search|list)|(add|added|remove|removed|update|updated)?[ _-]?(to|from|in)?[ _-]?(the)?[ _-]?(cart|basket|bag|wishlist|wish list|favou?rites?)|(view|start|begin|started)[ _-]?(cart|checkout)|checkout|favou?rite|fav|like|pv)$'
            ) then 'looked'
        end as kind
    from states
    cross join purchases
)
select
    status,
    kind,
    lines
from judged
where kind is not null
order by status nulls first
