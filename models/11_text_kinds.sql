-- step: text_kinds
-- about: texts (notes of lines, names and codes of products) that name a charge, a correction of the books or a loss
-- expect: unique(text); kind in ('charge', 'correction', 'loss')
--
-- charge      the whole text names a charge: "postage", "Amazon fee", "Versandkosten", "gastos de envío"
-- correction  the text says, within its first three words, that the books were corrected: "adjust bad debt",
--             "reverse previous adjustment"; or "Inventurdifferenz". A "chair with pneumatic height adjustment" is a chair
-- loss        the text says what happened to pieces nobody bought: "damaged", "lost", "found" (used only for lines without money)
-- Texts are compared in lower case with blanks cut. A charge word counts only where nothing but filling words stands
-- around it, because "postage stamp mug" and "gift card holder" are products. A project with other words puts a step of
-- this name into its own models/.
-- min() keeps the engine from asking every line, where every text will do.
with texts as (
    select min(lower(trim(note))) as text from sales where note is not null group by lower(trim(note))
    union
    select min(lower(trim(name))) as text from products where name is not null group by lower(trim(name))
    union
    select min(lower(trim(item))) as text from sales where item is not null group by lower(trim(item))
),
judged as (
    select
        text,
        case
            when text_matches(
                text,
                '^([^ ]+ ){0,2}([^ ]*[^a-z ])?(adjust|adjusts|adjustment|adjustments|adjusted|write[- ]?off|bad debt|stock ?take|stocktaking|stock (check|correction|count)|inventory (check|correction|count))($|[^a-z])'
                || '|^(this is )?(a )?test( (product|item|article|order))?[ .!]*$'
                || '|inventurdifferenz|bestandskorrektur|korrekturbuchung|ajuste de (inventario|stock|estoque)|r(é|e)gularisation|rettifica'
            ) then 'correction'
            when text_matches(
                text,
                '^([a-z0-9.&]+ )?(postage|porto|carriage|shipping|freight|fees?|charges?|commission|surcharge|versandkosten|versand|frete|flete)( (and|&|[+]) (handling|packing|packaging))?( (fees?|costs?|charges?|pauschal|pauschale))?[ .!:]*$'
                || '|^(bank|service|handling|delivery|courier|express|transaction|payment|processing|packing|packaging|amazon|credit card|card|cash on delivery|cod) (fees?|costs?|charges?|surcharge)[ .!:]*$'
                || '|^(manual|manual entry|discount|rebate|delivery|handling|packaging|samples?|tip|gratuity|deposit|rounding|insurance|bags?|carrier bags?)[ .!:]*$'
                || '|^(fracht|frachtkosten|verpackung|verpackungskosten|bearbeitungsgeb(ü|ue)hr|geb(ü|ue)hr|rabatt|pfand|trinkgeld|aufpreis|nachnahme)[ .!:]*$'
                || '|^(frais|frais de port|frais de livraison|frais de dossier|port|livraison|remise|escompte)[ .!:]*$'
                || '|^(gastos|gastos de env(í|i)o|env(í|i)o|costes? de env(í|i)o|descuento|propina|comisi(ó|o)n)[ .!:]*$'
                || '|^(portes|taxa|taxa de entrega|entrega|desconto|comiss(ã|a)o)[ .!:]*$'
                || '|^(spedizione|spese di spedizione|sconto|verzendkosten|verzending|korting|wysy(ł|l)ka|rabat|fragt|frakt|porto og gebyr)[ .!:]*$'
                || '|(gift|store|shop) ?(voucher|certificate)s?[ .]*([^a-z]*[0-9.,]+[^a-z]*)?$'
                || '|^gift ?cards?[ .]*([^a-z]*[0-9.,]+[^a-z]*)?$'
                || '|(^| )(geschenk)?gutscheine?[ .]*([^a-z]*[0-9.,]+[^a-z]*)?$|^(carte|ch(è|e)que)[- ]cadeau|^tarjeta regalo|^vale[- ]presente'
            ) then 'charge'
            when text_matches(
                text,
                '(^|[^a-z])(damages?|damaged|faulty|broken|smashed|crushed|mouldy?|moldy|wet|rusty|missing|missings|lost|found|check|checked|mix(ed)?[- ]?up|wrong|wrongly|incorrect|incorrectly|thrown|throw|unsaleable|unsellable|sold as|counted|mystery|stolen|theft|shrinkage|expired|spoiled|destroyed|sample|samples|test|display)($|[^a-z])'
                || '|^[? ]+$|besch(ä|ae)digt|defekt|verloren|gefunden|bruch|verdorben|(^| )cass(é|e)|perdu|ab(î|i)m(é|e)|da(ñ|n)ado|perdido|roto|encontrado|danificado|quebrado|danneggiato|rotto'
            ) then 'loss'
        end as kind
    from texts
)
select
    text,
    kind
from judged
where kind is not null
order by text nulls first
